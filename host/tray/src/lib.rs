//! deskhook-tray
