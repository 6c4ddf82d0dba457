use std::sync::Arc;

use crate::{Layer, LayerName, Why};

/// The layers in the order in which they are applied: what comes later wins.
pub(super) fn sorted<'l>(layers: impl IntoIterator<Item = &'l Layer>) -> Vec<&'l Layer> {
    let mut sorted: Vec<&Layer> = layers.into_iter().collect();
    sorted.sort_by(|one, other| {
        let rank = |layer: &Layer| {
            let name = &layer.name;
            (name.scope, name.priority, name.name.to_lowercase())
        };
        // The file's name and text only make the order total.
        let file = |layer: &Layer| layer.name.file.clone();
        rank(one)
            .cmp(&rank(other))
            .then_with(|| file(one).cmp(&file(other)))
            .then_with(|| one.source.text().cmp(other.source.text()))
    });
    sorted
}

/// Why `winner`, which comes later, goes before `loser`.
pub(super) fn why(loser: &LayerName, winner: &Arc<LayerName>) -> Why {
    let winner = Arc::clone(winner);
    if loser.scope != winner.scope {
        Why::Scope(winner)
    } else if loser.priority != winner.priority {
        Why::Priority(winner)
    } else {
        Why::LaterName(winner)
    }
}
