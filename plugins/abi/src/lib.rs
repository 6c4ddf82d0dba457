//! deskhook-abi
