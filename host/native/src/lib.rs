//! deskhook-native
