//! What becomes of what somebody fills in.

use anyhow::Result;
use fantoccini::Locator;
use harness::{Browser, PASSWORD, need};
use serde_json::json;

use super::until_text;
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
