use super::*;

fn menu() -> Menu {
    let item = |id: &str, kind| MenuItem {
        id: id.into(),
        kind,
        text: id.into(),
        ..MenuItem::default()
    };
    Menu {
        items: vec![item("start", ItemKind::Start), item("stop", ItemKind::Stop)],
        ..Menu::default()
    }
}

fn patch(json: serde_json::Value) -> MenuPatch {
    serde_json::from_value(json).unwrap()
}

#[test]
fn an_item_is_added_behind_the_one_it_names() {
    let json = serde_json::json!({"add": [{"id": "help", "kind": "link", "text": "Help", "target": "https://help.example", "after": "start"}]});
    let ids: Vec<_> = menu()
        .patched(&patch(json))
        .unwrap()
        .items
        .into_iter()
        .map(|i| i.id)
        .collect();
    assert_eq!(ids, ["start", "help", "stop"]);
}

#[test]
fn stop_cannot_be_taken_away() {
    for json in [
        serde_json::json!({"remove": ["stop"]}),
        serde_json::json!({"set": {"stop": {"hidden": true}}}),
        serde_json::json!({"set": {"stop": {"text": ""}}}),
        serde_json::json!({"set": {"stop": {"text": "Help"}}}),
    ] {
        assert_eq!(
            menu().patched(&patch(json)),
            Err(PatchError::Kept("stop".into()))
        );
    }
}

#[test]
fn no_two_items_of_a_menu_have_one_id() {
    for items in [
        serde_json::json!([{"id": "a", "text": "A"}, {"id": "a", "text": "A"}]),
        serde_json::json!([{"id": "sub", "text": "A"}]),
        serde_json::json!([{"id": "inner", "kind": "submenu", "text": "A", "items": [{"id": "inner"}]}]),
    ] {
        let added =
            serde_json::json!({"id": "sub", "kind": "submenu", "text": "More", "items": items});
        let patched = menu().patched(&patch(serde_json::json!({"add": [added]})));
        assert!(matches!(patched, Err(PatchError::Taken(_))), "{patched:?}");
    }
    let lines = serde_json::json!({"add": [{"kind": "separator"}, {"kind": "separator"}]});
    assert_eq!(menu().patched(&patch(lines)).unwrap().items.len(), 4);
}

#[test]
fn what_can_be_picked_has_an_id_and_what_is_read_a_text() {
    let no_id = PatchError::NoId("Help".into());
    let no_text = |id: &str| PatchError::NoText(id.into());
    for (item, expected) in [
        (serde_json::json!({"text": "Help"}), no_id.clone()),
        (
            serde_json::json!({"kind": "link", "text": "Help", "target": "https://a.example"}),
            no_id.clone(),
        ),
        (serde_json::json!({"id": "a"}), no_text("a")),
        (serde_json::json!({"id": "a", "text": " "}), no_text("a")),
        (serde_json::json!({"kind": "label"}), no_text("")),
        (
            serde_json::json!({"kind": "submenu", "text": "More", "items": [{"text": "Help"}]}),
            no_id,
        ),
    ] {
        let patched = menu().patched(&patch(serde_json::json!({"add": [item]})));
        assert_eq!(patched, Err(expected), "{item}");
    }
    let label = serde_json::json!({"add": [{"kind": "label", "text": "Floor 4"}]});
    assert!(menu().patched(&patch(label)).is_ok());
}

#[test]
fn what_a_menu_shows_is_short() {
    let long = "x".repeat(LONGEST_TEXT + 1);
    for json in [
        serde_json::json!({"tooltip": long}),
        serde_json::json!({"icon": long}),
        serde_json::json!({"set": {"start": {"icon": long}}}),
        serde_json::json!({"add": [{"id": long}]}),
        serde_json::json!({"add": [{"id": "a", "icon": long}]}),
    ] {
        let patched = menu().patched(&patch(json));
        let refused = matches!(
            patched,
            Err(PatchError::TooLong(_) | PatchError::TooLarge(_))
        );
        assert!(refused, "{patched:?}");
    }
}

#[test]
fn a_patch_applies_whole_or_not_at_all() {
    let json = serde_json::json!({"tooltip": "x", "add": [{"id": "evil", "kind": "link", "target": "javascript:alert(1)"}]});
    assert_eq!(
        menu().patched(&patch(json)),
        Err(PatchError::Target("javascript:alert(1)".into()))
    );
}
