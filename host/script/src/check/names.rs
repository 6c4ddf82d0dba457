//! What a file does with names, wherever it does so.

use std::collections::BTreeSet;

use super::tree::{Expression, Spot, Statement, each_statement};

/// Names that an assignment changes.
pub(super) fn written(tree: &[Statement]) -> BTreeSet<String> {
    let mut written = BTreeSet::new();
    each_statement(tree, &mut |statement| {
        let targets = match statement {
            Statement::Assign(targets, _) => targets.as_slice(),
            Statement::Define(target, _) => std::slice::from_ref(target),
            _ => return,
        };
        targets.iter().for_each(|target| note(target, &mut written));
    });
    written
}

/// Names of which it is asked whether there is something: `if name`, `name and ...`,
/// `name == nil`, `not name`, `type(name)`.
pub(super) fn tested(tree: &[Statement]) -> BTreeSet<String> {
    let mut tested = BTreeSet::new();
    each_statement(tree, &mut |statement| {
        if let Statement::Branch(conditions, _) = statement {
            conditions.iter().for_each(|one| note(one, &mut tested));
        }
        statement
            .spots()
            .into_iter()
            .for_each(|spot| note_tested(spot, &mut tested));
    });
    tested
}

fn note_tested(spot: &Spot, tested: &mut BTreeSet<String>) {
    match &spot.what {
        Expression::Binary(one, sign, other)
            if ["and", "or", "==", "~="].contains(&sign.as_str()) =>
        {
            note(one, tested);
            note(other, tested);
        }
        Expression::Unary(sign, of) if sign == "not" => note(of, tested),
        // The condition of an expression is among what is inside it.
        Expression::Other(inner) => inner.iter().for_each(|one| note(one, tested)),
        Expression::Call(of, given) if matches!(&of.what, Expression::Name(name) if name == "type") =>
        {
            given.iter().for_each(|one| note(one, tested));
        }
        _ => {}
    }
    for inner in spot.inner() {
        note_tested(inner, tested);
    }
}

fn note(spot: &Spot, names: &mut BTreeSet<String>) {
    if let Expression::Name(name) = &spot.what {
        names.insert(name.clone());
    }
}
