use full_moon::ast::luau::IfExpression;
use full_moon::ast::punctuated::Punctuated;
use full_moon::ast::{
    Ast, Block, Call, Expression as Source, Field, FunctionArgs, FunctionBody, FunctionCall, If,
    Index, LastStmt, Parameter, Prefix, Repeat, Stmt, Suffix, UnOp, Var,
};
use full_moon::node::Node;
use full_moon::tokenizer::{Position, TokenReference, TokenType};
use full_moon::{Error, LuaVersion};

use super::{At, Counts, Entry, Expression, Function, Spot, Statement};

/// Bytes. Each level of a file of 256 KiB takes some of it, and only what is used is taken.
const STACK: usize = 1 << 29;

/// Runs `look` on the tree of `source`, which the compiler took; the parser's first complaint
/// where it does not take it.
pub(in crate::check) fn with_tree<R: Send>(
    source: &str,
    look: impl FnOnce(&[Statement]) -> R + Send,
) -> Result<R, String> {
    on_a_deep_stack(|| {
        let result = full_moon::parse_fallible(source, LuaVersion::luau());
        match result.errors().first() {
            Some(error) => Err(complaint(error)),
            None => Ok(look(&tree(result.ast()))),
        }
    })
    .and_then(|looked| looked)
}

/// Where the parser begins to complain of `source`, if it does.
pub(in crate::check) fn first_complaint(source: &str) -> Option<At> {
    let place = on_a_deep_stack(|| {
        let result = full_moon::parse_fallible(source, LuaVersion::luau());
        let error = result.errors().first();
        error.map(|error| place(error.range().0))
    });
    place.ok().flatten()
}

fn on_a_deep_stack<R: Send>(run: impl FnOnce() -> R + Send) -> Result<R, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, run);
        let thread = thread.map_err(|error| format!("no thread to read it with: {error}"))?;
        thread.join().map_err(|_| "the parser panicked".to_owned())
    })
}

fn complaint(error: &Error) -> String {
    let (start, _) = error.range();
    format!("line {}: {}", start.line(), error.error_message())
}

fn tree(ast: &Ast) -> Vec<Statement> {
    block(ast.nodes())
}

fn at(node: &impl Node) -> At {
    node.start_position().map_or(At::default(), place)
}

fn place(position: Position) -> At {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    At {
        line: number(position.line()),
        column: number(position.character()),
    }
}

fn word(token: &TokenReference) -> String {
    token.token().to_string()
}

fn block(block: &Block) -> Vec<Statement> {
    let mut statements: Vec<Statement> = block.stmts().map(statement).collect();
    if let Some(LastStmt::Return(last)) = block.last_stmt() {
        statements.push(Statement::Return(spots(last.returns())));
    }
    statements
}

fn spots(list: &Punctuated<Source>) -> Vec<Spot> {
    list.iter().map(spot).collect()
}

fn words(list: &Punctuated<TokenReference>) -> Vec<String> {
    list.iter().map(word).collect()
}

fn statement(source: &Stmt) -> Statement {
    match source {
        Stmt::Assignment(one) => {
            let targets = one.variables().iter().map(var).collect();
            Statement::Assign(targets, spots(one.expressions()))
        }
        Stmt::CompoundAssignment(one) => Statement::Assign(
            vec![var(one.lhs())],
            vec![other(vec![spot(one.rhs())], one)],
        ),
        Stmt::Do(inner) => Statement::Block(block(inner.block())),
        Stmt::FunctionCall(one) => Statement::Call(call(one)),
        Stmt::FunctionDeclaration(one) => {
            let mut names = one.name().names().iter();
            let first = names.next().map(name_of).unwrap_or_else(|| nothing(one));
            let target = names.chain(one.name().method_name()).fold(first, field);
            let mut function = function(one.body());
            if one.name().method_name().is_some() {
                function.parameters.insert(0, "self".to_owned());
            }
            Statement::Define(target, function)
        }
        Stmt::LocalFunction(one) => {
            Statement::LocalFunction(word(one.name()), function(one.body()))
        }
        Stmt::ConstFunction(one) => {
            Statement::LocalFunction(word(one.name()), function(one.body()))
        }
        Stmt::LocalAssignment(one) => {
            Statement::Local(words(one.names()), spots(one.expressions()))
        }
        Stmt::ConstAssignment(one) => {
            Statement::Local(words(one.names()), spots(one.expressions()))
        }
        Stmt::If(one) => branch(one),
        Stmt::While(one) => {
            Statement::Branch(vec![spot(one.condition())], vec![block(one.block())])
        }
        Stmt::Repeat(one) => repeated(one),
        Stmt::NumericFor(one) => Statement::For {
            names: vec![word(one.index_variable())],
            over: [Some(one.start()), Some(one.end()), one.step()]
                .into_iter()
                .flatten()
                .map(spot)
                .collect(),
            counts: Counts::Numbers,
            body: block(one.block()),
        },
        Stmt::GenericFor(one) => Statement::For {
            names: words(one.names()),
            over: spots(one.expressions()),
            counts: Counts::Things,
            body: block(one.block()),
        },
        // Types, and what the compiler of Luau does not take.
        _ => Statement::Block(vec![]),
    }
}

/// What is local in the body is there behind `until` too.
fn repeated(source: &Repeat) -> Statement {
    let mut body = block(source.block());
    body.push(Statement::Branch(vec![spot(source.until())], vec![]));
    Statement::Block(body)
}

/// `if local name = value` binds a name for what follows; it counts as a local before the whole.
fn branch(source: &If) -> Statement {
    let others = || source.else_if().into_iter().flatten();
    let mut conditions = vec![spot(source.condition())];
    conditions.extend(others().map(|other| spot(other.condition())));
    let mut bodies = vec![block(source.block())];
    bodies.extend(others().map(|other| block(other.block())));
    bodies.extend(source.else_block().map(block));
    let bindings = [source.binding()].into_iter();
    let bindings = bindings.chain(others().map(|other| other.binding()));
    let names: Vec<String> = bindings
        .flatten()
        .map(|binding| word(binding.name()))
        .collect();
    let whole = Statement::Branch(conditions, bodies);
    if names.is_empty() {
        return whole;
    }
    // Of what they hold nothing is known.
    let values = names.iter().map(|_| nothing(source)).collect();
    Statement::Block(vec![Statement::Local(names, values), whole])
}

fn function(body: &FunctionBody) -> Function {
    let name = |parameter: &Parameter| match parameter {
        Parameter::Name(name) | Parameter::Ellipsis(name) => Some(word(name)),
        _ => None,
    };
    Function {
        parameters: body.parameters().iter().filter_map(name).collect(),
        body: block(body.block()),
    }
}

fn spot(source: &Source) -> Spot {
    let what = match source {
        Source::BinaryOperator { lhs, binop, rhs } => Expression::Binary(
            Box::new(spot(lhs)),
            word(binop.token()),
            Box::new(spot(rhs)),
        ),
        Source::Parentheses { expression, .. } => return spot(expression),
        Source::UnaryOperator { unop, expression } => unary(unop, expression),
        Source::Function(one) => Expression::Function(Box::new(function(one.body()))),
        Source::FunctionCall(one) => return call(one),
        Source::IfExpression(one) => Expression::Other(chosen(one)),
        Source::InterpolatedString(one) => {
            let inner: Vec<Spot> = one.expressions().map(spot).collect();
            match inner.is_empty() {
                true => Expression::Pattern,
                false => return text_of(inner, source),
            }
        }
        Source::TableConstructor(one) => {
            Expression::Table(one.fields().iter().filter_map(entry).collect())
        }
        Source::Number(token) => Expression::Number(number(token)),
        Source::String(token) => text(token),
        Source::Symbol(token) => symbol(&word(token)),
        Source::TypeAssertion { expression, .. } => Expression::Other(vec![spot(expression)]),
        Source::Var(one) => return var(one),
        _ => Expression::Other(vec![]),
    };
    Spot {
        at: at(source),
        what,
    }
}

/// A text with values in it: `"" .. value`, as far as anybody is to know.
fn text_of(inner: Vec<Spot>, source: &Source) -> Spot {
    let place = at(source);
    let start = Spot {
        at: place,
        what: Expression::Pattern,
    };
    let join = |before: Spot, next: Spot| Spot {
        at: place,
        what: Expression::Binary(Box::new(before), "..".to_owned(), Box::new(next)),
    };
    inner.into_iter().fold(start, join)
}

fn chosen(source: &IfExpression) -> Vec<Spot> {
    let mut inner = vec![spot(source.condition()), spot(source.if_expression())];
    for other in source.else_if_expressions().into_iter().flatten() {
        inner.extend([spot(other.condition()), spot(other.expression())]);
    }
    inner.push(spot(source.else_expression()));
    inner
}

fn unary(operator: &UnOp, of: &Source) -> Expression {
    Expression::Unary(word(operator.token()), Box::new(spot(of)))
}

fn symbol(word: &str) -> Expression {
    match word {
        "nil" => Expression::Nil,
        "true" | "false" => Expression::Truth(word == "true"),
        _ => Expression::Other(vec![]),
    }
}

/// Not a number where it is written in a form of Luau's own.
fn number(token: &TokenReference) -> f64 {
    let word = word(token).replace('_', "");
    let hex = word.strip_prefix("0x").or(word.strip_prefix("0X"));
    match hex {
        Some(hex) => u32::from_str_radix(hex, 16).map_or(f64::NAN, f64::from),
        None => word.parse().unwrap_or(f64::NAN),
    }
}

fn text(token: &TokenReference) -> Expression {
    match token.token_type() {
        TokenType::StringLiteral { literal, .. } if !literal.contains('\\') => {
            Expression::Text(literal.to_string())
        }
        _ => Expression::Pattern,
    }
}

fn entry(source: &Field) -> Option<Entry> {
    Some(match source {
        Field::NameKey { key, value, .. } => Entry::Named(at(key), word(key), spot(value)),
        Field::ExpressionKey { key, value, .. } => match spot(key) {
            Spot {
                at,
                what: Expression::Text(name),
            } => Entry::Named(at, name, spot(value)),
            key => Entry::Keyed(key, spot(value)),
        },
        Field::NoKey(value) => Entry::Listed(spot(value)),
        _ => return None,
    })
}

fn var(source: &Var) -> Spot {
    match source {
        Var::Name(name) => name_of(name),
        Var::Expression(one) => one.suffixes().fold(prefix(one.prefix()), suffix),
        _ => nothing(source),
    }
}

fn call(source: &FunctionCall) -> Spot {
    source.suffixes().fold(prefix(source.prefix()), suffix)
}

fn prefix(source: &Prefix) -> Spot {
    match source {
        Prefix::Name(name) => name_of(name),
        Prefix::Expression(inner) => spot(inner),
        _ => nothing(source),
    }
}

fn suffix(of: Spot, source: &Suffix) -> Spot {
    let place = of.at;
    let what = match source {
        Suffix::Index(Index::Dot { name, .. }) => return field(of, name),
        Suffix::Index(Index::Brackets { expression, .. }) => match spot(expression) {
            Spot {
                at,
                what: Expression::Text(name),
            } => Expression::Field(Box::new(of), at, name),
            key => Expression::Item(Box::new(of), Box::new(key)),
        },
        Suffix::Call(Call::AnonymousCall(given)) => {
            Expression::Call(Box::new(of), arguments(given))
        }
        Suffix::Call(Call::MethodCall(one)) => {
            Expression::Method(Box::new(of), arguments(one.args()))
        }
        _ => return of,
    };
    Spot { at: place, what }
}

fn arguments(source: &FunctionArgs) -> Vec<Spot> {
    match source {
        FunctionArgs::Parentheses { arguments, .. } => spots(arguments),
        FunctionArgs::String(token) => vec![Spot {
            at: at(token),
            what: text(token),
        }],
        FunctionArgs::TableConstructor(table) => vec![Spot {
            at: at(table),
            what: Expression::Table(table.fields().iter().filter_map(entry).collect()),
        }],
        _ => vec![],
    }
}

fn name_of(token: &TokenReference) -> Spot {
    Spot {
        at: at(token),
        what: Expression::Name(word(token)),
    }
}

fn field(of: Spot, name: &TokenReference) -> Spot {
    Spot {
        at: of.at,
        what: Expression::Field(Box::new(of), at(name), word(name)),
    }
}

fn nothing(source: &impl Node) -> Spot {
    other(vec![], source)
}

fn other(inner: Vec<Spot>, source: &impl Node) -> Spot {
    Spot {
        at: at(source),
        what: Expression::Other(inner),
    }
}
