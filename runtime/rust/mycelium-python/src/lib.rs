//! `mycelium._native`: encodes and decodes the messages of generated Python classes, and takes them to other processes.
//!
//! A class is described by its `__plan__`. At first use a [`plan`] of it is compiled: where each value stands in the
//! bytes and at which offset in the object. [`decode`] and [`encode`] walk that plan and touch nothing else of Python. They
//! know every legal input but no offence: at any surprise they stop, and the careful codec of the Python package
//! gives the value or the exact error.
//!
//! Everything here runs with the interpreter's lock held, but for the waits of [`bus`].

#![allow(clippy::missing_safety_doc)] // one contract for all: the lock is held, and pointers are live Python objects

mod bus;
mod codec;
mod columns;
mod decode;
mod encode;
mod entry;
mod interpreter;
mod module;
mod plan;
mod view;
