//! A supporter at the portal, in a real browser.

mod appearance;
mod forms;
mod hostile;

use anyhow::{Context as _, Result, ensure};
use fantoccini::{Client, Locator};
use harness::{Browser, Look, PASSWORD, Scheme, need};
use serde_json::json;

use crate::scene::{Scene, over, sample};

/// Signs in by the one-time link, as somebody new does.
async fn sign_in(browser: &Browser, scene: &Scene, name: &str, role: &str) -> Result<()> {
    let page = browser.page();
    page.goto(&scene.portal.account(name, role)?).await?;
    page.wait()
        .for_element(Locator::Id("password"))
        .await?
        .send_keys(PASSWORD)
        .await?;
    page.find(Locator::Id("again"))
        .await?
        .send_keys(PASSWORD)
        .await?;
    page.find(Locator::Css("form button.main"))
        .await?
        .click()
        .await?;
    page.wait().for_element(Locator::Css("header.bar")).await?;
    Ok(())
}

/// What an element says, which the page may draw anew at any moment.
async fn text(page: &Client, css: &str) -> Result<String> {
    harness::eventually(css, async || {
        let element = page.find(Locator::Css(css)).await.ok()?;
        element.text().await.ok()
    })
    .await
}

/// An attribute of such an element.
async fn attribute(page: &Client, css: &str, name: &str) -> Result<Option<String>> {
    harness::eventually(css, async || {
        let element = page.find(Locator::Css(css)).await.ok()?;
        element.attr(name).await.ok()
    })
    .await
}

/// Waits until an element that the page may draw anew says something.
async fn until_text(page: &Client, css: &str, wanted: &str) -> Result<()> {
    let seen = harness::eventually(wanted, async || {
        let text = page.find(Locator::Css(css)).await.ok()?.text().await.ok()?;
        text.contains(wanted).then_some(())
    });
    match seen.await {
        Ok(()) => Ok(()),
        Err(error) => Err(error.context(text(page, "body").await?)),
    }
}

/// Nothing went wrong that a person does not see: no script error, nothing that the content
/// security policy stopped.
async fn expect_quiet(browser: &Browser) -> Result<()> {
    let told = browser.console().await?;
    let loud: Vec<_> = told
        .iter()
        .filter(|line| !line.starts_with("INFO") && !line.starts_with("DEBUG"))
        .collect();
    ensure!(loud.is_empty(), "{loud:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supporter_connects_from_the_list_and_gets_the_link_once_the_person_agrees() -> Result<()>
{
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Sam Support", "support_agent").await?;
    page.goto(&format!("{}/devices", scene.portal.url()))
        .await?;
    until_text(page, "#rows", "Online").await?;

    // The list is live: the person appears without a reload.
    let status = scene.report()?;
    let address = status["address"].as_str().context("an address")?;
    until_text(page, "#rows .standing", "Waiting").await?;
    let shown = text(page, "#rows td.address code").await?;
    assert_eq!(shown.replace([' ', '\u{a0}', '\u{202f}'], ""), address);
    expect_quiet(&browser).await?;
    browser.shot("portal-devices-waiting").await?;

    browser.press("#rows td.act button.main").await?;
    let question = scene.answer("consent", "allow")?;
    ensure!(
        question["title"]
            .as_str()
            .is_some_and(|title| title.contains("Sam Support")),
        "{question:#}"
    );
    assert_eq!(
        attribute(page, ".request a.button.main", "href").await?,
        Some(format!("deskhook-sample:{address}"))
    );
    until_text(page, ".subject .state", "In session").await?;
    let client = format!("deskhook-sample:{address}");
    harness::until("the supporter's client should open", || {
        browser.opened() == [client.as_str()]
    })?;
    browser.shot("portal-device-in-session").await?;

    browser.press(".actions button.danger").await?;
    until_text(page, ".subject .state", "Online").await?;
    scene
        .agent
        .until_status("the session should be over", |status| {
            status["phase"] == "idle"
        })?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_reaches_the_supporters_page_with_its_reason() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Sam Support", "support_agent").await?;
    page.goto(&format!(
        "{}/devices/{}",
        scene.portal.url(),
        scene.device().await?
    ))
    .await?;
    // However long the page is: who is asked stays in sight below the bar.
    let long = "document.getElementById('content').style.minHeight = '3000px'";
    page.execute(long, Vec::new()).await?;
    browser.press("#connect button.main").await?;
    page.wait().for_element(Locator::Css(".request")).await?;
    let below = "const top = (css) => document.querySelector(css).getBoundingClientRect();
        return document.activeElement.id === 'content' && top('.subject h1').top >= top('.bar').bottom";
    let seen = harness::eventually(
        "the page has the focus, and the person is seen",
        async || {
            let seen = page.execute(below, Vec::new()).await.ok()?;
            (seen == json!(true)).then_some(())
        },
    );
    seen.await?;
    scene.answer("consent", "deny")?;
    let reasons = text(page, ".request .reasons").await?;
    assert!(!reasons.trim().is_empty());
    assert!(
        page.find(Locator::Css(".request a.button.main"))
            .await
            .is_err(),
        "no link for who is refused"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_whole_in_light_and_dark_narrow_and_wide() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let reason = json!({ "Session.Consent.Mode": "never" });
    let scene = Scene::with_policy(over(sample(), &reason)).await?;
    scene.report()?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Olga Owner", "owner").await?;
    let device = format!("/devices/{}", scene.device().await?);
    let pages = [
        ("devices", "/devices"),
        ("device", device.as_str()),
        ("sessions", "/sessions"),
        ("audit", "/audit"),
        ("users", "/users"),
        ("roles", "/roles"),
        ("enrolment", "/enrolment"),
        ("profile", "/profile"),
    ];
    for (name, path) in pages {
        for (width, scheme) in [390, 1024, 1600]
            .into_iter()
            .flat_map(|width| [(width, Scheme::Light), (width, Scheme::Dark)])
        {
            browser.look(Look { width, scheme }).await?;
            page.goto(&format!("{}{path}", scene.portal.url())).await?;
            page.wait().for_element(Locator::Css("main h1")).await?;
            let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            let overflow = page.execute(overflow, Vec::new()).await?;
            assert_eq!(
                overflow,
                json!(0),
                "{name} at {width} px is wider than its window"
            );
            browser
                .shot(&format!("portal-{name}-{width}-{}", scheme.name()))
                .await?;
        }
    }
    expect_quiet(&browser).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_works_without_scripts() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let browser = Browser::start(&scene.portal.url()).await?;
    browser
        .command(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Sam Support", "support_agent").await?;
    page.goto(&format!("{}/devices", scene.portal.url()))
        .await?;
    page.find(Locator::Css("#rows td.act button.main"))
        .await?
        .click()
        .await?;
    scene.answer("consent", "allow")?;
    scene
        .api
        .until_device("they should be in session", |device| {
            device["state"] == "in-session"
        })
        .await?;
    page.refresh().await?;
    assert!(text(page, ".subject .state").await?.contains("In session"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_stays_while_the_portal_is_away_and_is_sent_once_it_is_back() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Sam Support", "support_agent").await?;
    let device = format!("{}/devices/{}", scene.portal.url(), scene.device().await?);
    page.goto(&device).await?;
    browser.press("#connect summary").await?;
    let field = page.wait().for_element(Locator::Id("reason")).await?;
    field.send_keys("The printer, as agreed").await?;
    let away = async |offline: bool| {
        let conditions = json!({
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        browser
            .command("Network.emulateNetworkConditions", conditions)
            .await
    };
    browser.command("Network.enable", json!({})).await?;
    away(true).await?;
    browser.press("#connect button.main").await?;
    until_text(page, "#connect .wrong", "cannot be reached").await?;
    let typed = page
        .find(Locator::Id("reason"))
        .await?
        .prop("value")
        .await?;
    assert_eq!(typed.as_deref(), Some("The printer, as agreed"));
    browser.shot("portal-device-away").await?;
    away(false).await?;
    browser.press("#connect button.main").await?;
    let question = scene.answer("consent", "allow")?;
    ensure!(
        question.to_string().contains("The printer, as agreed"),
        "{question:#}"
    );
    until_text(page, ".subject .state", "In session").await
}

/// Rows as a change brings them to a page of the list: how many there are after each, and which
/// is the first.
const PLACED: &str = "
const [page] = arguments, body = document.getElementById('rows'), row = body.rows[0];
body.dataset.page = page;
body.dataset.size = 1;
const placed = (id, key) => {
  const html = row.outerHTML.replaceAll(row.id, `row-${id}`).replace(/data-key=\"[^\"]*\"/, `data-key=\"${key}\"`);
  place({ id, key, html, person: 'Jo', waiting: false });
  return [body.rows.length, body.rows[0].id === `row-${id}`];
};
return [placed('late', '9z'), placed('early', '00')];
";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_list_takes_the_rows_that_belong_there_and_no_more() -> Result<()> {
    need!("chromium", "chromedriver", "fonts");
    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let browser = Browser::start(&scene.portal.url()).await?;
    let page = browser.page();
    sign_in(&browser, &scene, "Sam Support", "support_agent").await?;
    for (number, placed) in [
        ("1", json!([[1, false], [1, true]])),
        ("2", json!([[1, false], [1, false]])),
    ] {
        page.goto(&format!("{}/devices", scene.portal.url()))
            .await?;
        page.wait().for_element(Locator::Css("#rows tr")).await?;
        let told = page.execute(PLACED, vec![json!(number)]).await?;
        assert_eq!(told, placed, "page {number}");
    }
    Ok(())
}
