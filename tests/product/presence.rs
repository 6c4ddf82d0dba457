//! Whether the person is at the device, as the screen, the desktop and the login session see it,
//! and what that means for a supporter who wants in.

mod desk;

use anyhow::{Result, ensure};
use harness::{Display, Home, SessionBus, need, run};
use serde_json::{Value, json};

use crate::scene::{Scene, over, sample};
use desk::{Login, Saver};

/// A device whose policy asks only who is there.
async fn welcoming(home: Home) -> Result<Scene> {
    let consent = json!({
        "Session.Consent.Mode": "when-present",
        "Session.Consent.NoUser": "allow",
    });
    Scene::at_home(home, over(sample(), &consent)).await
}

fn until_present(scene: &Scene) -> Result<Value> {
    let is = |status: &Value| status["present"] == true;
    scene.agent.until_status("the person should be there", is)
}

fn until_absent(scene: &Scene) -> Result<Value> {
    let is = |status: &Value| status["present"] == false;
    scene.agent.until_status("nobody should be there", is)
}

/// A supporter comes in without a question, and leaves.
async fn comes_in_unasked(scene: &Scene) -> Result<()> {
    scene.report()?;
    let order = scene.order("connect", json!({})).await?;
    scene.until_order(&order, "joined").await?;
    let status = scene.agent.status()?;
    ensure!(status["question"].is_null(), "{status:#}");
    leaves(scene).await
}

/// The person is asked, and lets the supporter in, who leaves.
async fn comes_in_asked(scene: &Scene) -> Result<()> {
    scene.report()?;
    let order = scene.order("connect", json!({})).await?;
    scene.answer("consent", "allow")?;
    scene.until_order(&order, "joined").await?;
    leaves(scene).await
}

async fn leaves(scene: &Scene) -> Result<()> {
    let order = scene.order("disconnect", json!({})).await?;
    scene.until_order(&order, "disconnected").await?;
    let over = |status: &Value| status["phase"] == "idle";
    scene.agent.until_status("the session is over", over)?;
    // The portal waits for the next session then.
    let idle = |device: &Value| device["state"] != "in-session";
    scene.api.until_device("they should be out", idle).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_screen_saver_nobody_is_asked_and_before_it_somebody_is() -> Result<()> {
    need!("Xvfb", "xset");
    let mut home = Home::new()?;
    let display = Display::start()?;
    home.set("DISPLAY", display.name());
    let scene = welcoming(home).await?;
    let xset = |words: &[&str]| -> Result<()> {
        let said = run(scene.agent.home().command("xset").args(words))?;
        ensure!(said.code == Some(0), "{}", said.stderr);
        Ok(())
    };
    xset(&["s", "activate"])?;
    until_absent(&scene)?;
    let said = scene.agent.deskhook(&["status"])?;
    assert!(said.stdout.contains("nobody at the device"), "{said:?}");
    comes_in_unasked(&scene).await?;

    xset(&["s", "reset"])?;
    until_present(&scene)?;
    let said = scene.agent.deskhook(&["status"])?;
    assert!(!said.stdout.contains("nobody at the device"), "{said:?}");
    comes_in_asked(&scene).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_question_is_over_when_the_screen_goes_dark() -> Result<()> {
    need!("Xvfb", "xset");
    let mut home = Home::new()?;
    let display = Display::start()?;
    home.set("DISPLAY", display.name());
    let scene = Scene::at_home(home, sample()).await?;
    scene.report()?;
    let order = scene.order("connect", json!({})).await?;
    let asked = |status: &Value| status["question"]["kind"] == "consent";
    scene.agent.until_status("a question", asked)?;
    run(scene.agent.home().command("xset").args(["s", "activate"]))?;
    let refused = scene.until_order(&order, "refused").await?;
    assert_eq!(refused["reasons"][0]["code"], "nobody-there", "{refused:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_says_by_its_screen_saver_that_the_person_is_away() -> Result<()> {
    need!("dbus");
    let mut home = Home::new()?;
    let bus = SessionBus::start(&home)?;
    home.set("DBUS_SESSION_BUS_ADDRESS", bus.address());
    let scene = welcoming(home).await?;
    for name in [
        "org.freedesktop.ScreenSaver",
        "org.gnome.ScreenSaver",
        "org.xfce.ScreenSaver",
    ] {
        let saver = Saver::start_on(&bus, name).await?;
        until_absent(&scene)?;
        saver.turn_off().await?;
        until_present(&scene)?;
        saver.turn_on().await?;
        until_absent(&scene)?;
        saver.end().await?;
        until_present(&scene)?;
    }
    let saver = Saver::start_on(&bus, "org.gnome.ScreenSaver").await?;
    until_absent(&scene)?;
    comes_in_unasked(&scene).await?;
    saver.turn_off().await?;
    until_present(&scene)?;
    comes_in_asked(&scene).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_away_while_their_session_is_locked_or_in_the_background() -> Result<()> {
    need!("dbus");
    let mut home = Home::new()?;
    let bus = SessionBus::start(&home)?;
    home.set("DBUS_SYSTEM_BUS_ADDRESS", bus.address());
    let login = Login::start(&bus).await?;
    login.lock().await?;
    let scene = welcoming(home).await?;
    until_absent(&scene)?;
    comes_in_unasked(&scene).await?;
    login.unlock().await?;
    until_present(&scene)?;
    login.switch_away().await?;
    until_absent(&scene)?;
    // The person signs out there, and in again: the other session is theirs then.
    login.sign_in_anew().await?;
    until_present(&scene)?;
    comes_in_asked(&scene).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_of_the_agent_counts_before_that_of_the_desktop() -> Result<()> {
    need!("dbus");
    let mut home = Home::new()?;
    let bus = SessionBus::start(&home)?;
    home.set("DBUS_SYSTEM_BUS_ADDRESS", bus.address());
    home.set("XDG_SESSION_ID", desk::OTHER);
    let login = Login::start(&bus).await?;
    let scene = welcoming(home).await?;
    login.lock_other().await?;
    until_absent(&scene)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_said_to_have_no_person_has_none_before_a_bright_screen() -> Result<()> {
    need!("Xvfb", "xset");
    let mut home = Home::new()?;
    let display = Display::start()?;
    home.set("DISPLAY", display.name());
    home.set("DESKHOOK_ATTENDED", "false");
    let scene = welcoming(home).await?;
    run(scene.agent.home().command("xset").args(["s", "reset"]))?;
    comes_in_unasked(&scene).await?;
    until_absent(&scene).map(drop)
}
