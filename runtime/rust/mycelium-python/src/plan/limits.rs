//! Limits of numbers, ends included.

use crate::interpreter::object::{Plain, Surprise};
use pyo3_ffi::{PyObject, PyObject_RichCompareBool, Py_GE, Py_LE};

/// The limits of a number; what is open ends where its type does.
pub enum Limits {
    /// Of integers up to 64 bits, timestamps, durations, and the mantissas of decimals.
    Integer {
        /// The smallest.
        minimum: i128,
        /// The largest.
        maximum: i128,
    },
    /// Of floats.
    Real {
        /// The smallest.
        minimum: f64,
        /// The largest.
        maximum: f64,
    },
    /// Of integers that take Python to compare; null where open.
    Object {
        /// The smallest.
        minimum: *mut PyObject,
        /// The largest.
        maximum: *mut PyObject,
    },
}

impl Limits {
    /// Whether an integer is within them.
    pub fn admit_integer(&self, number: i128) -> Plain<()> {
        match self {
            Limits::Integer { minimum, maximum } if (*minimum..=*maximum).contains(&number) => {
                Ok(())
            }
            _ => Err(Surprise),
        }
    }

    /// Whether a float is within them; a NaN never is.
    pub fn admit_real(&self, number: f64) -> Plain<()> {
        match self {
            Limits::Real { minimum, maximum } if *minimum <= number && number <= *maximum => Ok(()),
            _ => Err(Surprise),
        }
    }

    /// Whether an exact `int` is within them.
    pub unsafe fn admit_object(&self, number: *mut PyObject) -> Plain<()> {
        let Limits::Object { minimum, maximum } = *self else {
            return Err(Surprise);
        };
        // SAFETY: exact integers; comparing them runs no code of others.
        let holds = |limit: *mut PyObject, order| unsafe {
            limit.is_null() || PyObject_RichCompareBool(number, limit, order) == 1
        };
        if holds(minimum, Py_GE) && holds(maximum, Py_LE) {
            Ok(())
        } else {
            Err(Surprise)
        }
    }
}
