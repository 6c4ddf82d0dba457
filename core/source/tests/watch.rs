//! Changes of watched folders are told, once, and nothing else is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use deskhook_source::{Change, Watch, Watched, watch};
use tokio::time::timeout;

/// Far longer than any change takes to be told.
const LIMIT: Duration = Duration::from_secs(10);

async fn told(watch: &mut Watch) -> Change {
    timeout(LIMIT, watch.changed())
        .await
        .expect("the change is told")
}

fn names(change: &Change, path: &Path) -> bool {
    change.rescan || change.paths.iter().any(|p| p == path)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[tokio::test]
async fn a_written_file_is_told_and_so_is_one_renamed_into_place() {
    let folder = folder();
    let mut watch = watch(&[folder.path().to_owned()], Watched::Layers).unwrap();
    let file = folder.path().join("a.json");
    fs::write(&file, "{}").unwrap();
    assert!(names(&told(&mut watch).await, &file));
    let new = folder.path().join(".a.json.new");
    fs::write(&new, "{ }").unwrap();
    fs::rename(&new, &file).unwrap();
    assert!(names(&told(&mut watch).await, &file));
    fs::remove_file(&file).unwrap();
    assert!(names(&told(&mut watch).await, &file));
}

#[tokio::test]
async fn a_burst_is_told_together_and_whole() {
    let folder = folder();
    let mut watch = watch(&[folder.path().to_owned()], Watched::Layers).unwrap();
    for i in 0..50 {
        fs::write(folder.path().join(format!("{i}.json")), "{}").unwrap();
    }
    let (mut tellings, mut paths) = (0, BTreeSet::new());
    while paths.len() < 50 {
        tellings += 1;
        paths.extend(told(&mut watch).await.paths);
    }
    // A machine that is busy elsewhere may part it, but not into single files.
    assert!(tellings < 50, "{tellings}");
    // Nothing else is under way: the next change is the next write alone.
    let last = folder.path().join("last.kv");
    fs::write(&last, "").unwrap();
    assert_eq!(
        told(&mut watch).await.paths.into_iter().collect::<Vec<_>>(),
        [last]
    );
}

#[tokio::test]
async fn reading_and_files_that_are_no_layers_are_not_told() {
    let folder = folder();
    let file = folder.path().join("a.json");
    fs::write(&file, "{}").unwrap();
    let mut watch = watch(&[folder.path().to_owned()], Watched::Layers).unwrap();
    for other in ["a.txt", ".a.json.swp", "a.json~"] {
        fs::write(folder.path().join(other), "x").unwrap();
    }
    fs::read(&file).unwrap();
    let mark = folder.path().join("mark.json");
    fs::write(&mark, "{}").unwrap();
    assert_eq!(
        told(&mut watch).await.paths.into_iter().collect::<Vec<_>>(),
        [mark]
    );
}

#[tokio::test]
async fn a_folder_that_does_not_exist_yet_is_seen_when_it_comes() {
    let folder = folder();
    let target = folder.path().join("etc/deskhook/policy.d");
    let mut watch = watch(std::slice::from_ref(&target), Watched::Layers).unwrap();
    fs::create_dir_all(&target).unwrap();
    told(&mut watch).await;
    let file = target.join("a.json");
    fs::write(&file, "{}").unwrap();
    assert!(names(&told(&mut watch).await, &file));
}

#[tokio::test]
async fn a_folder_that_is_replaced_is_still_watched() {
    let folder = folder();
    let target = folder.path().join("policy.d");
    fs::create_dir(&target).unwrap();
    let mut watch = watch(std::slice::from_ref(&target), Watched::Layers).unwrap();
    fs::rename(&target, folder.path().join("old")).unwrap();
    fs::create_dir(&target).unwrap();
    told(&mut watch).await;
    let file = target.join("a.json");
    fs::write(&file, "{}").unwrap();
    while !names(&told(&mut watch).await, &file) {}
    fs::remove_dir_all(&target).unwrap();
    told(&mut watch).await;
    fs::create_dir(&target).unwrap();
    told(&mut watch).await;
    fs::write(&file, "{}").unwrap();
    while !names(&told(&mut watch).await, &file) {}
}

#[tokio::test]
async fn a_single_file_is_watched_by_its_folder() {
    let folder = folder();
    let file = folder.path().join("policy.conf");
    let mut watch = watch(std::slice::from_ref(&file), Watched::Layers).unwrap();
    fs::write(folder.path().join("other.json"), "{}").unwrap();
    fs::write(&file, "{}").unwrap();
    assert_eq!(
        told(&mut watch).await.paths.into_iter().collect::<Vec<_>>(),
        [file]
    );
}

#[tokio::test]
async fn in_a_tree_what_is_deep_below_is_told() {
    let folder = folder();
    let texts = folder.path().join("hours/texts");
    let mut watch = watch(&[folder.path().to_owned()], Watched::Tree).unwrap();
    fs::create_dir_all(&texts).unwrap();
    told(&mut watch).await;
    let file = texts.join("de.json");
    fs::write(&file, "{}").unwrap();
    while !names(&told(&mut watch).await, &file) {}
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_a_link_stands_for_is_told_and_links_below_lead_nowhere() {
    use std::os::unix::fs::symlink;

    let (folder, elsewhere) = (folder(), folder());
    fs::write(elsewhere.path().join("deskhook.json"), "{}").unwrap();
    let inner = elsewhere.path().join("inner");
    fs::create_dir(&inner).unwrap();
    for depth in 0..7 {
        let here = inner.join(format!("d{depth}"));
        fs::create_dir(&here).unwrap();
        for link in 0..40 {
            symlink(format!("../d{}", depth + 1), here.join(format!("l{link}"))).unwrap();
        }
    }
    symlink(elsewhere.path(), folder.path().join("hours")).unwrap();
    let mut watch = watch(&[folder.path().to_owned()], Watched::Tree).unwrap();
    let file = elsewhere.path().canonicalize().unwrap().join("init.lua");
    fs::write(&file, "").unwrap();
    while !names(&told(&mut watch).await, &file) {}
}

#[tokio::test]
async fn waiting_may_be_given_up_and_begun_again() {
    let folder = folder();
    let mut watch = watch(&[folder.path().to_owned()], Watched::Layers).unwrap();
    let file = folder.path().join("a.json");
    fs::write(&file, "{}").unwrap();
    while timeout(Duration::from_millis(5), watch.changed())
        .await
        .is_err()
    {
        if timeout(LIMIT, watch.changed()).await.is_ok() {
            return;
        }
    }
}
