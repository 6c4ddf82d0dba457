use std::collections::BTreeMap;
use std::sync::Arc;

use deskhook_hooks::{Answer, Call, Chain, ConsentField, ConsentPatch, FieldsPatch};
use deskhook_session::{Prompt, PromptField};
use serde_json::Value;

use crate::chains::Chains;

/// The custom fields of `address.report` or `state.collect`. Of two packages that set one field the
/// later holds.
pub(crate) async fn fields(
    chains: &Chains,
    chain: Arc<Chain>,
    call: Call,
) -> BTreeMap<String, Value> {
    let hook = call.hook;
    let run = tokio::task::spawn_blocking(move || {
        let to_call = |_: &FieldsPatch| call.clone();
        chain.fold(FieldsPatch::default(), to_call, |so_far, answer| {
            let Answer::Fields(patch) = answer else {
                return Err("the answer has no fields".to_owned());
            };
            let mut all = so_far.clone();
            all.fields.extend(patch.fields.clone());
            Ok(all)
        })
    });
    let Ok(folded) = run.await else {
        return BTreeMap::new();
    };
    chains.remember(hook, &folded.provenance);
    folded.state.fields
}

/// The words of the consent dialog after the `consent.prompt` hooks.
pub(crate) async fn prompt(
    chains: &Chains,
    chain: Arc<Chain>,
    (call, prompt): (Call, Prompt),
) -> Prompt {
    let (hook, unchanged) = (call.hook, prompt.clone());
    let run = tokio::task::spawn_blocking(move || {
        let to_call = |_: &Prompt| call.clone();
        chain.fold(prompt, to_call, |prompt, answer| match answer {
            Answer::Consent(patch) => Ok(patched(prompt, patch)),
            _ => Err("the answer is no consent patch".to_owned()),
        })
    });
    let Ok(folded) = run.await else {
        return unchanged;
    };
    chains.remember(hook, &folded.provenance);
    folded.state
}

fn patched(prompt: &Prompt, patch: &ConsentPatch) -> Prompt {
    let mut prompt = prompt.clone();
    prompt.title = patch.title.clone().or(prompt.title);
    prompt.message = patch.message.clone().or(prompt.message);
    for ConsentField { id, label } in &patch.fields {
        let (id, label) = (id.clone(), label.clone());
        match prompt.fields.iter_mut().find(|field| field.id == id) {
            Some(known) => known.label = label,
            None => prompt.fields.push(PromptField { id, label }),
        }
    }
    prompt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_dialog_takes_the_place_of_the_one_with_its_id() {
        let field = |id: &str, label: &str| ConsentField {
            id: id.into(),
            label: label.into(),
        };
        let patch = |fields| ConsentPatch {
            fields,
            ..ConsentPatch::default()
        };
        let first = patch(vec![field("asset", "a"), field("room", "1")]);
        let prompt = patched(&Prompt::default(), &first);
        let prompt = patched(
            &prompt,
            &patch(vec![field("asset", "b"), field("desk", "2")]),
        );
        let lines: Vec<_> = prompt.fields.iter().map(|f| (&*f.id, &*f.label)).collect();
        assert_eq!(lines, [("asset", "b"), ("room", "1"), ("desk", "2")]);
    }
}
