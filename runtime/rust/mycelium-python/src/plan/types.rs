//! Types of fields, from the plan objects of the Python package.

use super::compile::Compiler;
use super::limits::Limits;
use super::reading::{class, class_name, items, name, number, size, truth};
use super::shape::{Arguments, Shape};
use super::{
    ArrayLayout, Bounds, EnumLayout, Fixed, KeyOrder, Limited, ListLayout, MapLayout, PackedField,
    PackedListLayout, StructLayout, Value, Variable,
};
use crate::interpreter::integers::to_u64;
use crate::interpreter::object::{attribute, Owned, Plain, Surprise};
use pyo3_ffi::*;

/// Members of an enum below this number are found by index.
const SMALL_NUMBERS: u64 = 256;

impl Compiler {
    /// Any type. `remember` says whether its texts may linger.
    pub unsafe fn value(&mut self, type_: *mut PyObject, remember: bool) -> Plain<Value> {
        // SAFETY: a live plan object.
        unsafe {
            Ok(match class_name(type_) {
                "String" => Value::Variable(Variable::Text {
                    bounds: bounds(type_)?,
                    remember,
                }),
                "Bytes" => Value::Variable(Variable::Bytes(bounds(type_)?)),
                "List" => Value::Variable(self.list(type_, remember)?),
                "Map" => Value::Variable(self.map(type_, remember)?),
                "Message" => Value::Variable(self.message_type(type_)?),
                "Union" => Value::Variable(Variable::Union(self.union_index(type_, remember)?)),
                _ => Value::Fixed(self.fixed(type_, remember)?),
            })
        }
    }

    unsafe fn list(&mut self, type_: *mut PyObject, remember: bool) -> Plain<Variable> {
        // SAFETY: a live plan object.
        unsafe {
            let bounds = bounds(type_)?;
            let element = attribute(type_, c"element")?;
            Ok(match self.value(element.as_ptr(), remember)? {
                Value::Fixed(element) => {
                    let element_size = element.size();
                    Variable::PackedList(Box::new(PackedListLayout {
                        element,
                        element_size,
                        bounds,
                    }))
                }
                Value::Variable(element) => {
                    Variable::List(Box::new(ListLayout { element, bounds }))
                }
            })
        }
    }

    unsafe fn map(&mut self, type_: *mut PyObject, remember: bool) -> Plain<Variable> {
        // SAFETY: a live plan object.
        unsafe {
            let key_type = attribute(type_, c"key")?;
            let order = match class_name(key_type.as_ptr()) {
                "Integer" if truth(key_type.as_ptr(), c"signed")? => KeyOrder::Signed,
                "Integer" | "Enum" => KeyOrder::Unsigned,
                "String" | "Ascii" | "FixedBytes" => KeyOrder::Bytewise,
                _ => return Err(Surprise),
            };
            let key = self.value(key_type.as_ptr(), remember)?;
            let value = self.value(attribute(type_, c"value")?.as_ptr(), remember)?;
            Ok(Variable::Map(Box::new(MapLayout {
                key,
                order,
                value,
                bounds: bounds(type_)?,
            })))
        }
    }

    /// A fixed-size type.
    pub unsafe fn fixed(&mut self, type_: *mut PyObject, remember: bool) -> Plain<Fixed> {
        // SAFETY: a live plan object.
        unsafe {
            match class_name(type_) {
                "Boolean" => Ok(Fixed::Boolean),
                "Integer" => self.integer(type_),
                "Float" => float(type_),
                "Timestamp" | "Duration" => within_integers(type_, Fixed::Signed64),
                "Decimal" => {
                    let scale = u8::try_from(size(type_, c"scale")?).map_err(|_| Surprise)?;
                    within_integers(type_, Fixed::Decimal { scale })
                }
                "Uuid" => Ok(Fixed::Uuid),
                "Ascii" => Ok(Fixed::Ascii {
                    length: length(type_)?,
                    remember,
                }),
                "FixedBytes" => Ok(Fixed::Bytes {
                    length: length(type_)?,
                }),
                "Enum" => self.enum_type(type_),
                "Struct" => self.struct_type(type_, remember),
                "Array" => {
                    let element = self.fixed(attribute(type_, c"element")?.as_ptr(), remember)?;
                    let element_size = element.size();
                    let length = size(type_, c"length")?;
                    Ok(Fixed::Array(Box::new(ArrayLayout {
                        element,
                        element_size,
                        length,
                    })))
                }
                _ => Err(Surprise),
            }
        }
    }

    unsafe fn integer(&mut self, type_: *mut PyObject) -> Plain<Fixed> {
        // SAFETY: a live plan object.
        unsafe {
            let bits = size(type_, c"bits")?;
            let signed = truth(type_, c"signed")?;
            let narrow = match (bits, signed) {
                (8, false) => Fixed::Unsigned8,
                (16, false) => Fixed::Unsigned16,
                (32, false) => Fixed::Unsigned32,
                (64, false) => Fixed::Unsigned64,
                (8, true) => Fixed::Signed8,
                (16, true) => Fixed::Signed16,
                (32, true) => Fixed::Signed32,
                (64, true) => Fixed::Signed64,
                (128 | 256, _) => return self.wide(type_, bits / 8, signed),
                _ => return Err(Surprise),
            };
            within_integers(type_, narrow)
        }
    }

    unsafe fn wide(&mut self, type_: *mut PyObject, bytes: usize, signed: bool) -> Plain<Fixed> {
        // SAFETY: a live plan object; limits are kept.
        unsafe {
            let value = Fixed::Wide {
                bytes: bytes as u8,
                signed,
            };
            let mut limit = |name| {
                let found = attribute(type_, name)?;
                if found.as_ptr() == Py_None() {
                    Ok(std::ptr::null_mut())
                } else {
                    self.keep(found)
                }
            };
            let (minimum, maximum) = (limit(c"minimum")?, limit(c"maximum")?);
            Ok(if minimum.is_null() && maximum.is_null() {
                value
            } else {
                Fixed::Limited(Box::new(Limited {
                    value,
                    limits: Limits::Object { minimum, maximum },
                }))
            })
        }
    }

    unsafe fn enum_type(&mut self, type_: *mut PyObject) -> Plain<Fixed> {
        // SAFETY: a live plan object; the class and its members are kept.
        unsafe {
            let class = self.keep(class(type_, c"enum")?)?;
            let description = attribute(class, c"__plan__")?;
            let names = attribute(description.as_ptr(), c"names")?;
            let numbers = Owned::new(PyDict_Keys(names.as_ptr()))?;
            let mut layout = EnumLayout {
                class: class.cast(),
                bytes: size(description.as_ptr(), c"bits")? / 8,
                closed: truth(description.as_ptr(), c"closed")?,
                small: Vec::new(),
                large: Vec::new(),
            };
            for index in 0..PyList_GET_SIZE(numbers.as_ptr()) {
                let number = PyList_GET_ITEM(numbers.as_ptr(), index);
                let made = Owned::new(PyObject_CallOneArg(class, number))?;
                let member = self.keep(made)?;
                match to_u64(number)? {
                    small if small < SMALL_NUMBERS => {
                        let needed = layout.small.len().max(small as usize + 1);
                        layout.small.resize(needed, std::ptr::null_mut());
                        layout.small[small as usize] = member;
                    }
                    large => layout.large.push((large, member)),
                }
            }
            layout.large.sort_unstable_by_key(|&(number, _)| number);
            Ok(Fixed::Enum(Box::new(layout)))
        }
    }

    unsafe fn struct_type(&mut self, type_: *mut PyObject, remember: bool) -> Plain<Fixed> {
        // SAFETY: a live plan object; the class is kept.
        unsafe {
            let class = self.keep(class(type_, c"struct")?)?;
            let description = attribute(class, c"__plan__")?;
            let remember = remember && !truth(description.as_ptr(), c"sensitive")?;
            let fields = items(description.as_ptr(), c"fields")?;
            let attributes = self.attributes(&fields)?;
            let keep = &mut |object| self.keep(object);
            let (shape, places) =
                Shape::of(class.cast(), &attributes, Arguments::Positional, keep)?;
            let mut compiled = Vec::with_capacity(fields.len());
            for (field, place) in fields.iter().zip(places) {
                let remember = remember && !truth(field.as_ptr(), c"sensitive")?;
                compiled.push(PackedField {
                    offset: size(field.as_ptr(), c"offset")?,
                    place,
                    value: self.fixed(attribute(field.as_ptr(), c"type")?.as_ptr(), remember)?,
                });
            }
            let size = size(description.as_ptr(), c"size")?;
            let all_floats = compiled
                .iter()
                .all(|field| matches!(field.value, Fixed::Float64));
            let float_places = match all_floats {
                true => compiled.iter().map(|field| field.place).collect(),
                false => Vec::new(),
            };
            Ok(Fixed::Struct(Box::new(StructLayout {
                float_places,
                shape,
                size,
                fields: compiled,
            })))
        }
    }

    /// The attributes of fields, kept.
    pub unsafe fn attributes(&mut self, fields: &[Owned]) -> Plain<Vec<*mut PyObject>> {
        // SAFETY: live plan objects.
        fields
            .iter()
            .map(|field| unsafe { self.keep(name(field.as_ptr(), c"attribute")?) })
            .collect()
    }
}

unsafe fn length(type_: *mut PyObject) -> Plain<u16> {
    // SAFETY: a live plan object.
    u16::try_from(unsafe { size(type_, c"length")? }).map_err(|_| Surprise)
}

unsafe fn bounds(type_: *mut PyObject) -> Plain<Bounds> {
    // SAFETY: a live plan object.
    let (minimum, maximum) = unsafe { (number(type_, c"minimum")?, number(type_, c"maximum")?) };
    Ok(Bounds {
        minimum: usize::try_from(minimum.unwrap_or(0)).map_err(|_| Surprise)?,
        maximum: usize::try_from(maximum.unwrap_or(i64::MAX)).map_err(|_| Surprise)?,
    })
}

/// A number of at most 64 bits, within the limits of its type, if it has any.
unsafe fn within_integers(type_: *mut PyObject, value: Fixed) -> Plain<Fixed> {
    // SAFETY: a live plan object, whose limits may be beyond an i64.
    unsafe {
        let limit = |name| {
            let found = attribute(type_, name)?;
            if found.as_ptr() == Py_None() {
                return Ok(None);
            }
            let mut bytes = [0; 16];
            crate::interpreter::integers::to_wide(found.as_ptr(), &mut bytes, true)?;
            Ok(Some(i128::from_le_bytes(bytes)))
        };
        let (minimum, maximum) = (limit(c"minimum")?, limit(c"maximum")?);
        if minimum.is_none() && maximum.is_none() {
            return Ok(value);
        }
        let limits = Limits::Integer {
            minimum: minimum.unwrap_or(i128::MIN),
            maximum: maximum.unwrap_or(i128::MAX),
        };
        Ok(Fixed::Limited(Box::new(Limited { value, limits })))
    }
}

unsafe fn float(type_: *mut PyObject) -> Plain<Fixed> {
    // SAFETY: a live plan object.
    unsafe {
        let value = match size(type_, c"bits")? {
            32 => Fixed::Float32,
            64 => Fixed::Float64,
            _ => return Err(Surprise),
        };
        let limit = |name| {
            let found = attribute(type_, name)?;
            if found.as_ptr() == Py_None() {
                return Ok(None);
            }
            let real = PyFloat_AsDouble(found.as_ptr());
            if PyErr_Occurred().is_null() {
                Ok(Some(real))
            } else {
                Err(Surprise)
            }
        };
        let (minimum, maximum) = (limit(c"minimum")?, limit(c"maximum")?);
        if minimum.is_none() && maximum.is_none() {
            return Ok(value);
        }
        let limits = Limits::Real {
            minimum: minimum.unwrap_or(f64::NEG_INFINITY),
            maximum: maximum.unwrap_or(f64::INFINITY),
        };
        Ok(Fixed::Limited(Box::new(Limited { value, limits })))
    }
}
