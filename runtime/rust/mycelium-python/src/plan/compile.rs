//! Messages and unions, from the plan objects of the Python package.

use super::reading::{class, items, size, truth};
use super::shape::{Arguments, Place, Shape};
use super::{
    Absence, Header, MessageLayout, PackedField, TaggedField, UnionLayout, Value, Variable, Variant,
};
use crate::codec::CodecObject;
use crate::interpreter::bytes::content;
use crate::interpreter::classes::lookup_text;
use crate::interpreter::object::{attribute, Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// Compiles the plan of one class.
pub struct Compiler {
    /// A list that keeps alive what the layout refers to.
    held: *mut PyObject,
    /// Each with its class for unknown variants, and whether its texts may linger.
    unions: Vec<((*mut PyObject, bool), Option<UnionLayout>)>,
    /// The codecs of messages within this one.
    pub nested: Vec<*mut CodecObject>,
}

impl Compiler {
    /// A compiler that puts what it refers to into the list `held`.
    pub fn new(held: *mut PyObject) -> Self {
        Compiler {
            held,
            unions: Vec::new(),
            nested: Vec::new(),
        }
    }

    /// Hold an object for as long as the layout is there.
    pub unsafe fn keep(&mut self, object: Owned) -> Plain<*mut PyObject> {
        // SAFETY: a live list, and a live object, which the list takes a reference to.
        unsafe {
            if PyList_Append(self.held, object.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
        Ok(object.as_ptr())
    }

    /// The layout of a message class.
    pub unsafe fn message(&mut self, class: *mut PyObject) -> Plain<MessageLayout> {
        // SAFETY: a live class; its plan is kept by it.
        unsafe {
            let description = attribute(class, c"__plan__")?;
            let description = self.keep(description)?;
            let remember = !truth(description, c"sensitive")?;
            let block = items(description, c"block")?;
            let tagged = items(description, c"tagged")?;
            let mut attributes = self.attributes(&block)?;
            attributes.extend(self.attributes(&tagged)?);
            let keep = &mut |object| self.keep(object);
            let (shape, places) = Shape::of(class.cast(), &attributes, Arguments::Named, keep)?;
            let (block_places, tagged_places) = places.split_at(block.len());
            let mut layout = MessageLayout {
                shape,
                block: Vec::with_capacity(block.len()),
                block_defaults: Vec::with_capacity(block.len()),
                block_size: size(description, c"block_size")?,
                tagged: Vec::with_capacity(tagged.len()),
                unions: Vec::new(),
            };
            for (field, &place) in block.iter().zip(block_places) {
                let (packed, default) = self.block_field(field.as_ptr(), place, remember)?;
                layout.block.push(packed);
                layout.block_defaults.push(default);
            }
            for (field, &place) in tagged.iter().zip(tagged_places) {
                layout
                    .tagged
                    .push(self.tagged_field(field.as_ptr(), place, remember)?);
            }
            for (_, union) in self.unions.drain(..) {
                layout.unions.push(union.ok_or(Surprise)?);
            }
            Ok(layout)
        }
    }

    unsafe fn block_field(
        &mut self,
        field: *mut PyObject,
        place: Place,
        remember: bool,
    ) -> Plain<(PackedField, *mut PyObject)> {
        // SAFETY: a live plan object.
        unsafe {
            let remember = remember && !truth(field, c"sensitive")?;
            let default = attribute(field, c"default")?;
            let default = if default.as_ptr() == Py_None() {
                null_mut()
            } else {
                self.keep(default)?
            };
            let packed = PackedField {
                offset: size(field, c"offset")?,
                place,
                value: self.fixed(attribute(field, c"type")?.as_ptr(), remember)?,
            };
            Ok((packed, default))
        }
    }

    unsafe fn tagged_field(
        &mut self,
        field: *mut PyObject,
        place: Place,
        remember: bool,
    ) -> Plain<TaggedField> {
        // SAFETY: a live plan object.
        unsafe {
            let remember = remember && !truth(field, c"sensitive")?;
            let presence = attribute(attribute(field, c"presence")?.as_ptr(), c"name")?;
            let is = |name: &std::ffi::CStr| {
                PyUnicode_CompareWithASCIIString(presence.as_ptr(), name.as_ptr()) == 0
            };
            let absence = if is(c"REQUIRED") {
                Absence::Refused
            } else if is(c"OPTIONAL") {
                Absence::Optional
            } else {
                Absence::Default(self.keep(attribute(field, c"default")?)?)
            };
            Ok(TaggedField {
                tag: tag(field)?,
                header: header(field)?,
                place,
                value: self.value(attribute(field, c"type")?.as_ptr(), remember)?,
                absence,
            })
        }
    }

    /// A message within this one.
    pub unsafe fn message_type(&mut self, type_: *mut PyObject) -> Plain<Variable> {
        // SAFETY: the class is kept, and the class keeps its codec.
        unsafe {
            let class = self.keep(class(type_, c"message")?)?;
            let found = lookup_text(class.cast(), c"__codec__")?;
            let codec = CodecObject::of(found, class.cast()).ok_or(Surprise)?;
            self.keep(Owned::of(found))?;
            self.nested.push(codec);
            Ok(Variable::Message {
                codec,
                class: class.cast(),
            })
        }
    }

    /// The index of a union in the layout; each is compiled once, however often and deep it occurs.
    pub unsafe fn union_index(&mut self, type_: *mut PyObject, remember: bool) -> Plain<usize> {
        // SAFETY: the class is kept.
        unsafe {
            let unknown = self.keep(class(type_, c"unknown")?)?;
            if let Some(known) = self
                .unions
                .iter()
                .position(|&(key, _)| key == (unknown, remember))
            {
                return Ok(known);
            }
            let index = self.unions.len();
            self.unions.push(((unknown, remember), None));
            let union = self.union_layout(unknown, remember)?;
            self.unions[index].1 = Some(union);
            Ok(index)
        }
    }

    unsafe fn union_layout(
        &mut self,
        unknown: *mut PyObject,
        remember: bool,
    ) -> Plain<UnionLayout> {
        // SAFETY: live plan objects; classes are kept.
        unsafe {
            let description = attribute(unknown, c"__union__")?;
            let mut names = Vec::new();
            for name in [c"tag", c"kind", c"bytes"] {
                names.push(self.keep(Owned::new(PyUnicode_InternFromString(name.as_ptr()))?)?);
            }
            let keep = &mut |object| self.keep(object);
            let (shape, places) = Shape::of(unknown.cast(), &names, Arguments::Positional, keep)?;
            let mut variants = Vec::new();
            for variant in items(description.as_ptr(), c"variants")? {
                variants.push(self.variant(variant.as_ptr(), remember)?);
            }
            let unknown_places = places.try_into().map_err(|_| Surprise)?;
            Ok(UnionLayout {
                variants,
                unknown: shape,
                unknown_places,
            })
        }
    }

    unsafe fn variant(&mut self, variant: *mut PyObject, remember: bool) -> Plain<Variant> {
        // SAFETY: live plan objects; the class is kept.
        unsafe {
            let remember = remember && !truth(variant, c"sensitive")?;
            let class = self.keep(class(variant, c"variant")?)?;
            let held = self.keep(Owned::new(PyUnicode_InternFromString(c"value".as_ptr()))?)?;
            let keep = &mut |object| self.keep(object);
            let (shape, places) = Shape::of(class.cast(), &[held], Arguments::Positional, keep)?;
            Ok(Variant {
                tag: tag(variant)?,
                header: header(variant)?,
                shape,
                place: *places.first().ok_or(Surprise)?,
                value: self.value(attribute(variant, c"type")?.as_ptr(), remember)?,
            })
        }
    }
}

unsafe fn tag(field: *mut PyObject) -> Plain<u16> {
    // SAFETY: a live plan object.
    u16::try_from(unsafe { size(field, c"tag")? }).map_err(|_| Surprise)
}

unsafe fn header(field: *mut PyObject) -> Plain<Header> {
    // SAFETY: a live plan object; the bytes are alive while they are copied.
    unsafe {
        let written = attribute(field, c"header")?;
        let (start, size) = content(written.as_ptr()).ok_or(Surprise)?;
        let mut bytes = [0; 4];
        if size != 1 && size != 3 {
            return Err(Surprise);
        }
        std::ptr::copy_nonoverlapping(start, bytes.as_mut_ptr(), size);
        Ok(Header {
            bytes,
            size,
            kind: bytes[0] & 7,
        })
    }
}

impl Value {
    /// The fixed-size type, if it is one.
    pub fn fixed_size(&self) -> Option<usize> {
        match self {
            Value::Fixed(fixed) => Some(fixed.size()),
            Value::Variable(_) => None,
        }
    }
}
