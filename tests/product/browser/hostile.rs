//! Pages about a device that says whatever it likes.

use anyhow::Result;
use fantoccini::Locator;
use harness::{Browser, Look, Scheme, need};
use serde_json::json;

use super::sign_in;
use crate::scene::{Scene, sample};

/// Puts the widest word that a device may say wherever a page shows what somebody else wrote; says
/// by how much the page is wider than its window, and where.
const WIDEN: &str = "
const own = 'time, button, .button, .role, .unverified, summary, label, option, legend, thead *, .unseen, .when, .number, .seen, .state, h2, .lead, .hint, nav *, svg *, .trail *';
const walk = document.createTreeWalker(document.getElementById('content'), NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const text = walk.currentNode;
  if (text.data.trim() && !text.parentElement.closest(own)) text.data = ' ' + 'W'.repeat(64) + ' ';
}
for (const why of document.querySelectorAll('.reason, .why')) (why.querySelector('.clamp') || why).append(' and so on'.repeat(40));
const page = document.documentElement, wide = page.scrollWidth - page.clientWidth;
const over = [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > page.clientWidth + 1 && !e.closest('.scroll'));
return [wide, wide ? over.slice(0, 4).map((e) => e.outerHTML.slice(0, 90)) : [], Math.max(0, ...[...document.querySelectorAll('.sessions .clamp')].map((row) => row.offsetHeight))];
";

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_a_device_makes_a_page_wider_than_its_window() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    let said = scene.start(&["--reason", "The printer", "--json"])?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    // Only now: no policy grants its check anything, so that it would deny the session.
    scene.agent.package("scripts/packages/business-hours")?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Olga Owner", "owner").await?;
    let device = format!("/devices/{}", scene.device().await?);
    let pages = ["/devices", &device, "/sessions", "/sessions/1", "/audit"];
    let mut wrong = Vec::new();
    for path in pages
        .into_iter()
        .chain(["/users", "/profile", "/enrolment"])
    {
        for width in [390, 1024, 1600] {
            let scheme = Scheme::Light;
            browser.look(Look { width, scheme }).await?;
            page.goto(&format!("{}{path}", scene.portal.url())).await?;
            page.wait().for_element(Locator::Css("main h1")).await?;
            let told = page.execute(WIDEN, Vec::new()).await?;
            let name = path.rsplit('/').next().unwrap_or_default();
            browser.shot(&format!("portal-wide-{name}-{width}")).await?;
            let height = told[2].as_u64().unwrap_or_default();
            if told[0] != json!(0) || height > 100 {
                wrong.push(format!("{path} at {width} px: {told:#}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
