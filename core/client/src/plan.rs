use std::collections::BTreeMap;

use deskhook_policy::{ClientSpec, Launch};

use crate::fields::{self, Fields};

/// The arguments and environment of one launch, before `{port}` and the like are filled in: what
/// a `client.launch` hook is given, and may add to inside the policy's allow-list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchPlan {
    arguments: Vec<Word>,
    environment: BTreeMap<String, Word>,
}

/// Only what the organisation wrote is filled in; a hook's words are passed on as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Written(String),
    Added(String),
}

/// Why a hook's arguments or environment are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// An argument that the allow-list does not have.
    #[error("the argument {0:?} is not in the client's AllowedArguments")]
    Argument(String),
    /// An argument of the description is gone, or out of order.
    #[error("the client's own argument {0:?} is missing or out of order; a hook may only add")]
    Missing(String),
    /// A variable that the allow-list does not have.
    #[error("the variable {0:?} is not in the client's AllowedEnvironment")]
    Variable(String),
    /// A NUL byte, which no argument can have.
    #[error("{0:?} has a NUL byte in it")]
    Nul(String),
}

impl Word {
    fn text(&self) -> &String {
        match self {
            Self::Written(text) | Self::Added(text) => text,
        }
    }

    fn filled(&self, fields: &Fields) -> String {
        match self {
            Self::Written(text) => fields.fill(text),
            Self::Added(text) => text.clone(),
        }
    }
}

impl LaunchPlan {
    /// What the description says.
    pub fn of(spec: &ClientSpec) -> Self {
        let written = |text: &String| Word::Written(text.clone());
        let variables = spec.launch.environment.iter();
        Self {
            arguments: spec.launch.arguments.iter().map(written).collect(),
            environment: variables
                .map(|(name, value)| (name.clone(), written(value)))
                .collect(),
        }
    }

    /// The arguments, not filled in.
    pub fn arguments(&self) -> Vec<String> {
        self.arguments
            .iter()
            .map(|word| word.text().clone())
            .collect()
    }

    /// The environment, not filled in.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let variables = self.environment.iter();
        variables
            .map(|(name, word)| (name.clone(), word.text().clone()))
            .collect()
    }

    /// The plan with a hook's answer: the whole new arguments, where there are some, and more
    /// environment. Every argument of the plan has to stay, in its order; what is new has to
    /// match the description's `AllowedArguments` and `AllowedEnvironment`.
    pub fn patched(
        &self,
        allowed: &Launch,
        arguments: Option<&[String]>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, PlanError> {
        let mut patched = self.clone();
        if let Some(wanted) = arguments {
            patched.arguments = self.merged(&allowed.allowed_arguments, wanted)?;
        }
        for (name, value) in environment {
            if !allowed.allowed_environment.contains(name) {
                return Err(PlanError::Variable(name.clone()));
            }
            let word = Word::Added(without_nul(value)?);
            patched.environment.insert(name.clone(), word);
        }
        Ok(patched)
    }

    /// Whether this plan was made for `spec` and keeps to its allow-lists.
    pub(crate) fn fits(&self, spec: &ClientSpec) -> bool {
        let own = Self::of(spec);
        let is_new = |name: &&String| self.environment.get(*name) != own.environment.get(*name);
        let names = self.environment.keys().filter(is_new);
        let added: BTreeMap<String, String> = names
            .map(|name| (name.clone(), self.environment[name].text().clone()))
            .collect();
        let again = own.patched(&spec.launch, Some(&self.arguments()), &added);
        again.as_ref() == Ok(self)
    }

    fn merged(&self, allowed: &[String], wanted: &[String]) -> Result<Vec<Word>, PlanError> {
        let mut own = self.arguments.iter().peekable();
        let mut merged = vec![];
        for argument in wanted {
            if let Some(word) = own.next_if(|word| word.text() == argument) {
                merged.push(word.clone());
            } else if allowed.iter().any(|pattern| matches(pattern, argument)) {
                merged.push(Word::Added(without_nul(argument)?));
            } else {
                return Err(PlanError::Argument(argument.clone()));
            }
        }
        match own.next() {
            Some(word) => Err(PlanError::Missing(word.text().clone())),
            None => Ok(merged),
        }
    }

    /// Whether `name`, such as `{port}`, is to be filled in somewhere.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let words = self.arguments.iter().chain(self.environment.values());
        let written = words.filter_map(|word| match word {
            Word::Written(text) => Some(text),
            Word::Added(_) => None,
        });
        fields::any_has(written, name)
    }

    pub(crate) fn filled_arguments(&self, fields: &Fields) -> Vec<String> {
        self.arguments
            .iter()
            .map(|word| word.filled(fields))
            .collect()
    }

    pub(crate) fn filled_environment(&self, fields: &Fields) -> BTreeMap<String, String> {
        let variables = self.environment.iter();
        variables
            .map(|(name, word)| (name.clone(), word.filled(fields)))
            .collect()
    }
}

fn matches(pattern: &str, argument: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => argument.starts_with(beginning),
        None => pattern == argument,
    }
}

fn without_nul(text: &str) -> Result<String, PlanError> {
    if text.contains('\0') {
        Err(PlanError::Nul(text.to_owned()))
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> ClientSpec {
        ClientSpec {
            launch: Launch {
                arguments: vec!["-localhost".into(), "-port={port}".into()],
                allowed_arguments: vec!["-quiet".into(), "-name=*".into()],
                allowed_environment: vec!["TITLE".into()],
                ..Launch::default()
            },
            ..ClientSpec::default()
        }
    }

    fn patched(arguments: &[&str]) -> Result<Vec<String>, PlanError> {
        let spec = spec();
        let wanted: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let plan = LaunchPlan::of(&spec).patched(&spec.launch, Some(&wanted), &BTreeMap::new())?;
        let fields = Fields {
            port: Some(1),
            ..Fields::default()
        };
        Ok(plan.filled_arguments(&fields))
    }

    #[test]
    fn a_hook_may_add_what_is_allowed_and_its_words_are_not_filled_in() {
        let made = patched(&["-quiet", "-localhost", "-name={port}", "-port={port}"]);
        assert_eq!(
            made.unwrap(),
            ["-quiet", "-localhost", "-name={port}", "-port=1"]
        );
    }

    #[test]
    fn a_hook_may_not_take_away_or_reorder_or_invent() {
        assert_eq!(
            patched(&["-port={port}"]),
            Err(PlanError::Argument("-port={port}".into()))
        );
        assert_eq!(
            patched(&["-localhost"]),
            Err(PlanError::Missing("-port={port}".into()))
        );
        let invented = patched(&["-localhost", "-port={port}", "-nopw"]);
        assert_eq!(invented, Err(PlanError::Argument("-nopw".into())));
    }

    #[test]
    fn a_variable_needs_its_name_in_the_allow_list() {
        let spec = spec();
        let plan = LaunchPlan::of(&spec);
        let set = |name: &str| {
            let more = BTreeMap::from([(name.to_owned(), "x".to_owned())]);
            plan.patched(&spec.launch, None, &more)
        };
        assert_eq!(set("TITLE").unwrap().environment()["TITLE"], "x");
        assert_eq!(
            set("LD_PRELOAD"),
            Err(PlanError::Variable("LD_PRELOAD".into()))
        );
    }
}
