//! Lua source as `script check` looks at it: what is called, read, compared and given back, each
//! with its place. Types, comments and the order of operators are gone.

mod reading;

pub(super) use reading::{first_complaint, with_tree};

/// A place in a file, both from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// An expression and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) at: At,
    pub(super) what: Expression,
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Nil,
    Truth(bool),
    Number(f64),
    /// A text that is spelt out.
    Text(String),
    /// A text with something in it that is not known.
    Pattern,
    Name(String),
    /// `of.name` and `of["name"]`, with the place of the name.
    Field(Box<Spot>, At, String),
    /// `of[key]`.
    Item(Box<Spot>, Box<Spot>),
    Call(Box<Spot>, Vec<Spot>),
    /// `of:name(...)`.
    Method(Box<Spot>, Vec<Spot>),
    Function(Box<Function>),
    Table(Vec<Entry>),
    Binary(Box<Spot>, String, Box<Spot>),
    Unary(String, Box<Spot>),
    /// Something else, with what is inside it.
    Other(Vec<Spot>),
}

/// An entry of a table that is spelt out.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Named(At, String, Spot),
    Keyed(Spot, Spot),
    Listed(Spot),
}

/// A function; `...` is a parameter by that name.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) parameters: Vec<String>,
    pub(super) body: Vec<Statement>,
}

/// A statement.
#[derive(Clone, Debug)]
pub(super) enum Statement {
    Local(Vec<String>, Vec<Spot>),
    LocalFunction(String, Function),
    Assign(Vec<Spot>, Vec<Spot>),
    /// `function a.b() ... end`.
    Define(Spot, Function),
    Call(Spot),
    /// `do ... end`, and a `repeat` with what stands behind its `until` as its last statement.
    Block(Vec<Statement>),
    /// Conditions, and what runs under them.
    Branch(Vec<Spot>, Vec<Vec<Statement>>),
    /// `for a, b in x do`, and `for i = 1, 2 do` with `counts`.
    For {
        names: Vec<String>,
        over: Vec<Spot>,
        counts: Counts,
        body: Vec<Statement>,
    },
    Return(Vec<Spot>),
}

/// What a loop goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counts {
    Numbers,
    Things,
}

/// `deskhook.http.get` where an expression is that, from its first name on.
pub(super) fn dotted(spot: &Spot) -> Option<String> {
    match &spot.what {
        Expression::Name(name) => Some(name.clone()),
        Expression::Field(of, _, name) => Some(format!("{}.{name}", dotted(of)?)),
        _ => None,
    }
}

/// What a message calls an expression: `ctx.person`, `deskhook.time.now().hour`, `this`.
pub(super) fn named(spot: &Spot) -> String {
    match &spot.what {
        Expression::Name(name) => name.clone(),
        Expression::Field(of, _, name) => format!("{}.{name}", named(of)),
        Expression::Call(of, _) => format!("{}()", named(of)),
        _ => "this".to_owned(),
    }
}

impl Spot {
    /// The expressions right inside this one, functions' bodies aside.
    pub(super) fn inner(&self) -> Vec<&Self> {
        match &self.what {
            Expression::Field(of, ..) | Expression::Unary(_, of) => vec![of],
            Expression::Item(of, key) => vec![of, key],
            Expression::Binary(one, _, other) => vec![one, other],
            Expression::Call(of, given) | Expression::Method(of, given) => {
                std::iter::once(of.as_ref()).chain(given).collect()
            }
            Expression::Table(entries) => entries.iter().flat_map(Entry::inner).collect(),
            Expression::Other(inner) => inner.iter().collect(),
            _ => vec![],
        }
    }

    /// Gives every function in here to `see`; those inside functions are the caller's.
    pub(super) fn functions(&self, see: &mut impl FnMut(&Function)) {
        if let Expression::Function(function) = &self.what {
            see(function);
        }
        for inner in self.inner() {
            inner.functions(see);
        }
    }
}

impl Entry {
    fn inner(&self) -> Vec<&Spot> {
        match self {
            Self::Named(_, _, value) | Self::Listed(value) => vec![value],
            Self::Keyed(key, value) => vec![key, value],
        }
    }
}

impl Statement {
    /// The expressions right in it.
    pub(super) fn spots(&self) -> Vec<&Spot> {
        match self {
            Self::Local(_, values) | Self::Return(values) => values.iter().collect(),
            Self::Assign(targets, values) => targets.iter().chain(values).collect(),
            Self::Call(call) | Self::Define(call, _) => vec![call],
            Self::Branch(conditions, _) => conditions.iter().collect(),
            Self::For { over, .. } => over.iter().collect(),
            Self::LocalFunction(..) | Self::Block(_) => vec![],
        }
    }

    /// What runs in it, and in a function that it names.
    fn bodies(&self) -> Vec<&[Self]> {
        match self {
            Self::LocalFunction(_, function) | Self::Define(_, function) => vec![&function.body],
            Self::Block(body) | Self::For { body, .. } => vec![body],
            Self::Branch(_, bodies) => bodies.iter().map(Vec::as_slice).collect(),
            _ => vec![],
        }
    }
}

/// Gives every statement to `see`, those inside others and inside functions too.
pub(super) fn each_statement(tree: &[Statement], see: &mut dyn FnMut(&Statement)) {
    for statement in tree {
        see(statement);
        for body in statement.bodies() {
            each_statement(body, see);
        }
        for spot in statement.spots() {
            spot.functions(&mut |function: &Function| each_statement(&function.body, see));
        }
    }
}
