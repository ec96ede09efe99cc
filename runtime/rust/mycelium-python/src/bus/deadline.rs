//! How long Python is willing to wait.

use super::errors;
use super::release::{check_signals, is_main_thread};
use crate::interpreter::object::{Plain, Surprise};
use mycelium_bus::raw::Patience;
use pyo3_ffi::*;
use std::time::{Duration, Instant};

/// When to give up; never without a timeout.
#[derive(Clone, Copy)]
pub struct Deadline {
    end: Option<Instant>,
    /// Seconds, as they were asked for.
    pub timeout: f64,
}

impl Deadline {
    /// Never.
    pub const NEVER: Self = Self {
        end: None,
        timeout: f64::INFINITY,
    };

    /// After as many seconds as a Python number says; never for None, or beyond what the clock can tell.
    pub unsafe fn after(timeout: *mut PyObject) -> Plain<Self> {
        // SAFETY: a live object; an error leaves its exception.
        unsafe {
            if timeout == Py_None() {
                return Ok(Self::NEVER);
            }
            let seconds = PyFloat_AsDouble(timeout);
            if seconds == -1.0 && !PyErr_Occurred().is_null() {
                return Err(Surprise);
            }
            if seconds.is_nan() {
                errors::value_error("a timeout is a number of seconds, or None");
                return Err(Surprise);
            }
            let wait = Duration::try_from_secs_f64(seconds.max(0.0)).ok();
            Ok(Self {
                end: wait.and_then(|wait| Instant::now().checked_add(wait)),
                timeout: seconds,
            })
        }
    }

    /// When to give up, None for never.
    pub fn end(&self) -> Option<Instant> {
        self.end
    }

    /// How long to wait: the bus itself says when a signal may have come, and the main thread stops then.
    pub fn patience<'a>(&self, stop: &'a mut dyn FnMut() -> bool) -> Patience<'a> {
        Patience {
            deadline: self.end,
            interrupt: is_main_thread().then_some(stop),
        }
    }

    /// At a stop: whether to give up. A surprise where a signal raised.
    pub unsafe fn is_over(&self) -> Plain<bool> {
        // SAFETY: the lock is held.
        unsafe { check_signals()? };
        Ok(self.end.is_some_and(|end| Instant::now() >= end))
    }
}
