//! How pages look and read, beyond what is on them.

use anyhow::Result;
use fantoccini::Locator;
use harness::{Browser, Look, Scheme, need};
use serde_json::json;

use super::sign_in;
use crate::scene::{Scene, sample};

/// Every time that a page shows, in a language of which the clock has twelve hours: also in the
/// words that the portal cannot be reached.
const TIMES: &str = "
live.lost = Date.now();
live.source.dispatchEvent(new Event('error'));
const titles = [...document.querySelectorAll('time')].map((time) => time.title);
return [full(new Date(2026, 0, 2, 15, 4)), document.getElementById('notice').textContent, ...titles];
";

#[tokio::test(flavor = "multi_thread")]
async fn every_time_of_day_has_24_hours() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Olga Owner", "owner").await?;
    let american = json!({ "locale": "en-US" });
    browser
        .command("Emulation.setLocaleOverride", american)
        .await?;
    let device = format!("/devices/{}", scene.device().await?);
    page.goto(&format!("{}{device}", scene.portal.url()))
        .await?;
    page.wait().for_element(Locator::Css("main time")).await?;
    let told = page.execute(TIMES, Vec::new()).await?;
    let told: Vec<String> = serde_json::from_value(told)?;
    assert!(told[0].ends_with("15:04"), "{told:?}");
    assert!(told[1].contains("cannot be reached"), "{told:?}");
    for time in &told {
        assert!(!time.contains("AM") && !time.contains("PM"), "{time}");
    }
    Ok(())
}

/// What a finger has to hit and is lower than 44 pixels; what stands in a line of text may be.
const SMALL: &str = "
const targets = 'button, a.button, input:not([type=hidden]):not([type=checkbox]):not(.unseen), select, summary, .scopes label, .rail a, .filter a, .asks:not(.none), .devices .who a, .sessions th a';
const seen = [...document.querySelectorAll(targets)].filter((e) => e.checkVisibility({ contentVisibilityAuto: true }) && e.getClientRects().length);
return seen.filter((e) => e.getBoundingClientRect().height < 44).map((e) => `${e.getBoundingClientRect().height} ${e.outerHTML.slice(0, 80)}`);
";

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_everything_can_be_hit_named_and_found() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Olga Owner", "owner").await?;
    scene.portal.account("Nina New", "support_agent")?;
    let (width, scheme) = (390, Scheme::Light);
    browser.look(Look { width, scheme }).await?;
    let device = format!("/devices/{}", scene.device().await?);
    let mut small = Vec::new();
    for path in [
        &device,
        "/devices",
        "/sessions",
        "/audit",
        "/users",
        "/profile",
    ] {
        page.goto(&format!("{}{path}", scene.portal.url())).await?;
        page.wait().for_element(Locator::Css("main h1")).await?;
        let told = page.execute(SMALL, Vec::new()).await?;
        let told: Vec<String> = serde_json::from_value(told)?;
        small.extend(told.into_iter().map(|target| format!("{path}: {target}")));
    }
    assert!(small.is_empty(), "{}", small.join("\n"));

    // A stacked row says what each value is, and the section that is shown is in sight.
    let label = "const cell = document.querySelector(arguments[0]);
        return getComputedStyle(cell, '::before').content";
    for (path, cell, name) in [
        ("/audit", ".record td.who", "Who"),
        ("/profile", "[aria-label=Browsers] td", "From"),
    ] {
        page.goto(&format!("{}{path}", scene.portal.url())).await?;
        page.wait().for_element(Locator::Css(cell)).await?;
        let told = page.execute(label, vec![json!(cell)]).await?;
        assert!(told.as_str().unwrap_or_default().contains(name), "{told}");
    }
    page.goto(&format!("{}/enrolment", scene.portal.url()))
        .await?;
    page.wait().for_element(Locator::Css("main h1")).await?;
    let here = "return document.querySelector('.rail [aria-current]').getBoundingClientRect().right <= innerWidth";
    assert_eq!(page.execute(here, Vec::new()).await?, json!(true));
    Ok(())
}
