//! How pages look and read, beyond what is on them.

use anyhow::Result;
use fantoccini::Locator;
use harness::{Browser, need};
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
