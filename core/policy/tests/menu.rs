//! What of a menu is left out is told where it stands.

use deskhook_policy::{Layer, MENU_MOST, Subject, is_built_in_entry, resolve};
use serde_json::{Value, json};

/// Code, message and place of what is said of a menu; its entries are all kept.
fn told(items: &Value) -> Vec<(&'static str, String, String)> {
    let text = json!({"scope": "tenant", "settings": {"Tray.Items": items}}).to_string();
    let layer = Layer::parse("a.json", &text).layer.expect("a layer");
    let resolved = resolve(&[layer], &Subject::everyone());
    assert_eq!(resolved.policy.get("Tray.Items"), Some(items));
    let each = resolved.problems.into_iter();
    each.map(|p| (p.code, p.message, p.place.to_string()))
        .collect()
}

/// Submenus in each other, so many.
fn nested(deep: usize) -> Value {
    (0..deep).fold(
        json!({"Id": "in"}),
        |inner, level| json!({"Id": format!("s{level}"), "Kind": "submenu", "Items": [inner]}),
    )
}

fn entries(count: usize) -> Value {
    (0..count)
        .map(|number| json!({"Id": format!("e{number}")}))
        .collect()
}

#[test]
fn an_id_that_is_used_twice_or_taken_is_told() {
    let items = json!([
        {"Id": "a"},
        {"Id": "m", "Kind": "submenu", "Items": [{"Id": "a"}, {"Id": "A"}]},
        {"Id": "start"},
        {"Id": "link-1", "Kind": "link", "Target": "tel:1"},
        {"Kind": "separator"}, {"Kind": "separator"}
    ]);
    let told = told(&items);
    let messages: Vec<&str> = told
        .iter()
        .map(|(_, message, _)| message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "the Id a is used twice: this entry is left out",
            "the Id start is that of an entry that is built in: the entry is left out",
            "the Id link-1 is that of an entry that is built in: the entry gets another one",
        ]
    );
    assert!(told.iter().all(|(code, ..)| *code == "menu-id"));
    assert!(is_built_in_entry("quit") && !is_built_in_entry(""));
}

#[test]
fn more_entries_than_a_menu_has_and_deeper_submenus_are_told() {
    for right in [entries(MENU_MOST), json!([nested(3)]), json!([])] {
        assert_eq!(told(&right), []);
    }
    let many = told(&entries(70));
    assert_eq!(many.len(), 1);
    assert_eq!(many[0].0, "menu-size");
    let message = "the menu has 70 entries: from here on they are left out";
    assert_eq!(many[0].1, message);
    let deep = told(&json!([nested(4)]));
    assert_eq!(deep.len(), 1);
    assert_eq!(deep[0].1, "this submenu lies too deep and is left out");
    let inside = json!([{"Id": "m", "Kind": "Submenu", "Items": entries(65)}]);
    let text = json!({"scope": "tenant", "settings": {"Tray.Items": inside}}).to_string();
    let layer = Layer::parse("a.json", &text).layer.expect("a layer");
    let problems = resolve(&[layer], &Subject::everyone()).problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
}
