//! A device that nobody manages: no policy, no portal. The guide for contributors shows this file.

use anyhow::Result;
use harness::TestAgent;

#[test]
fn a_device_without_a_policy_starts_nothing_and_says_why() -> Result<()> {
    let mut agent = TestAgent::new()?;
    agent.start()?;
    let said = agent.deskhook(&["session", "start", "--wait", "ended"])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("client"), "{}", said.stderr);
    let status = agent.until_status("nothing should go on", |status| status["phase"] == "idle")?;
    assert!(status["address"].is_null(), "{status:#}");
    Ok(())
}
