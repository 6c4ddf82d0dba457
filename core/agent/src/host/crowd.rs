use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Calls of one package that may be under way at once. A call of a hook asks one thing after the
/// other; a plugin may ask from threads of its own.
const MOST: u32 = 8;

/// How many host calls of each package take their time right now: what does not wait for its answers
/// must not take the threads of all others.
#[derive(Clone, Default)]
pub(super) struct Crowd {
    counts: Arc<Mutex<BTreeMap<String, u32>>>,
}

/// A place among them, until it is dropped.
pub(super) struct Place {
    crowd: Crowd,
    package: String,
}

/// There is no place left.
#[derive(Debug, thiserror::Error)]
#[error("too many calls at once: at most {MOST} of a package may be under way")]
pub(super) struct Crowded;

impl Crowd {
    pub(super) fn enter(&self, package: &str) -> Result<Place, Crowded> {
        let mut counts = self.counts();
        let count = counts.entry(package.to_owned()).or_default();
        if *count >= MOST {
            return Err(Crowded);
        }
        *count += 1;
        Ok(Place {
            crowd: self.clone(),
            package: package.to_owned(),
        })
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.crowd.counts();
        if let Some(count) = counts.get_mut(&self.package) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.package);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_so_many_places_and_takes_none_of_another() {
        let crowd = Crowd::default();
        let places: Vec<Place> = (0..MOST).map(|_| crowd.enter("a").unwrap()).collect();
        assert!(crowd.enter("a").is_err());
        assert!(crowd.enter("b").is_ok());
        drop(places);
        assert!(crowd.enter("a").is_ok());
        assert!(
            crowd.counts().is_empty(),
            "nobody is remembered for nothing"
        );
    }
}
