//! What becomes of what somebody fills in.

use anyhow::Result;
use fantoccini::Locator;
use harness::{Browser, PASSWORD, need};
use serde_json::json;

use super::{expect_quiet, sign_in, text, until_text};
use crate::scene::{Scene, sample};

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_will_not_do_is_told_at_the_form_with_scripts_and_without() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    let link = scene.portal.account("Sam Support", "support_agent")?;
    for off in [false, true] {
        let value = json!({ "value": off });
        browser
            .command("Emulation.setScriptExecutionDisabled", value)
            .await?;
        page.goto(&link).await?;
        for (id, typed) in [("password", PASSWORD), ("again", "correct horse")] {
            let field = page.wait().for_element(Locator::Id(id)).await?;
            field.send_keys(typed).await?;
        }
        let button = page.find(Locator::Css("form button.main")).await?;
        button.click().await?;
        until_text(page, ".wrong", "The two passwords are not the same.").await?;
        assert!(
            page.find(Locator::Id("again")).await.is_ok(),
            "the form stays, scripts off: {off}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_given_by_a_button_and_not_by_walking_through_the_choice() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    scene.portal.account("Nina New", "support_agent")?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Olga Owner", "owner").await?;
    let users = format!("{}/users", scene.portal.url());
    page.goto(&users).await?;
    let chosen = "[aria-label=Users] select:has([value=support_agent]:checked)";
    let choice = page.wait().for_element(Locator::Css(chosen)).await?;
    let id = choice.attr("id").await?.unwrap_or_default();
    let set = format!("form:has(#{id}) button");
    let shown = async || page.find(Locator::Css(&set)).await?.is_displayed().await;
    assert!(!shown().await?, "nothing to set");
    choice.send_keys("\u{e013}").await?;
    let seen = harness::eventually("the button shows", async || {
        shown().await.ok().filter(|shown| *shown)
    });
    seen.await?;
    choice.send_keys("\u{e015}").await?;
    assert!(!shown().await?, "the same as before");
    choice.send_keys("\u{e013}").await?;
    page.goto(&users).await?;
    let still = page.wait().for_element(Locator::Id(&id)).await?;
    assert_eq!(
        still.prop("value").await?.as_deref(),
        Some("support_agent"),
        "walking through gives nothing"
    );
    still.send_keys("\u{e013}").await?;
    browser.press(&set).await?;
    let given = harness::eventually("the role is given", async || {
        page.goto(&users).await.ok()?;
        let choice = page.find(Locator::Id(&id)).await.ok()?;
        let value = choice.prop("value").await.ok()??;
        (value != "support_agent").then_some(value)
    });
    assert_eq!(given.await?, "admin");
    assert!(text(page, "h1").await?.contains("Users"));
    expect_quiet(&browser).await
}
