//! A message class, and how its messages become bytes and bytes its messages.

use super::errors;
use super::information::information_of;
use crate::codec::CodecObject;
use crate::decode::decode_body;
use crate::encode::with_body;
use crate::entry::surprise_is_over;
use crate::interpreter::bytes;
use crate::interpreter::classes::lookup_text;
use crate::interpreter::export::Export;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium::MessageInformation;
use pyo3_ffi::*;

/// A message class, held.
pub struct Kind {
    class: Owned,
    /// Its own codec, where it has a native one: alive as long as the class.
    codec: Option<*mut CodecObject>,
    /// What the bus has to know of it.
    pub information: MessageInformation,
}

impl Kind {
    /// Of a Python class. TypeError for anything else, and for one whose messages never travel alone.
    pub unsafe fn of(class: *mut PyObject) -> Plain<Self> {
        // SAFETY: a live object.
        unsafe {
            if PyType_Check(class) == 0 {
                return Err(errors::type_error("a message class is needed"));
            }
            let information = information_of(class)?;
            let codec = lookup_text(class.cast(), c"__codec__")?;
            Ok(Self {
                class: Owned::of(class),
                codec: CodecObject::of(codec, class.cast()),
                information,
            })
        }
    }

    /// The class, borrowed.
    pub fn class(&self) -> *mut PyObject {
        self.class.as_ptr()
    }

    /// Whether the object's class is exactly this one.
    #[inline(always)]
    pub unsafe fn is_of(&self, object: *mut PyObject) -> bool {
        // SAFETY: a live object.
        unsafe { Py_TYPE(object) == self.class.as_ptr().cast() }
    }

    /// Call `take` with the body of a message of this class, or of one derived from it. The bytes are gone afterwards.
    #[inline(always)]
    pub unsafe fn with_body<T>(
        &self,
        message: *mut PyObject,
        take: impl Fn(&[u8]) -> Plain<T>,
    ) -> Plain<T> {
        // SAFETY: a live object; its class tells whether the plan is for it.
        unsafe {
            if let Some(codec) = self.codec.filter(|_| self.is_of(message)) {
                if let Some(layout) = CodecObject::layout(codec) {
                    // What `take` fails with is no surprise of the encoder: it must not be tried again.
                    let taken = with_body(layout, message, |body| Ok(take(body)));
                    match taken {
                        Ok(taken) => return taken,
                        Err(Surprise) => {
                            if !surprise_is_over() {
                                return Err(Surprise);
                            }
                            CodecObject::suspect(codec);
                        }
                    }
                }
            }
            self.with_careful_body(message, take)
        }
    }

    #[cold]
    unsafe fn with_careful_body<T>(
        &self,
        message: *mut PyObject,
        take: impl Fn(&[u8]) -> Plain<T>,
    ) -> Plain<T> {
        // SAFETY: live objects; `bytes` stay as they are while they are held.
        unsafe {
            if PyObject_IsInstance(message, self.class()) != 1 {
                if PyErr_Occurred().is_null() {
                    errors::type_error(&format!("a {} is needed", self.information.name));
                }
                return Err(Surprise);
            }
            let name = Owned::new(PyUnicode_InternFromString(c"encode".as_ptr()))?;
            let body = Owned::new(PyObject_CallMethodNoArgs(message, name.as_ptr()))?;
            let export = Export::of(body.as_ptr())?;
            if !export.is_of_bytes() {
                return Err(errors::type_error("encode() has to give bytes"));
            }
            take(export.bytes())
        }
    }

    /// The message in a body. An exception is set where there is none.
    #[inline(always)]
    pub unsafe fn decode(&self, body: &[u8]) -> Plain<Owned> {
        // SAFETY: the codec lives as long as its class.
        unsafe {
            if let Some(codec) = self.codec {
                if let Some(layout) = CodecObject::layout(codec) {
                    if let Ok(message) = decode_body(layout, body.as_ptr(), body.len()) {
                        return Ok(message);
                    }
                    if !surprise_is_over() {
                        return Err(Surprise);
                    }
                    CodecObject::suspect(codec);
                }
            }
            self.decode_carefully(body)
        }
    }

    #[cold]
    unsafe fn decode_carefully(&self, body: &[u8]) -> Plain<Owned> {
        // SAFETY: a live class.
        unsafe {
            let data = bytes::copied(body.as_ptr(), body.len())?;
            let name = Owned::new(PyUnicode_InternFromString(c"decode".as_ptr()))?;
            Owned::new(PyObject_CallMethodOneArg(
                self.class(),
                name.as_ptr(),
                data.as_ptr(),
            ))
        }
    }
}
