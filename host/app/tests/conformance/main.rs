//! One suite for every place in which an extension can run: the same input, the same answers, the
//! same failures, in the agent and in a child process.

#[path = "../../../script/tests/hostile/attack.rs"]
mod attack;
mod contract;
mod desk;
#[path = "../../../script/tests/hostile/ending.rs"]
mod ending;
mod failures;
mod hostile;
mod native;
mod place;
mod samples;
