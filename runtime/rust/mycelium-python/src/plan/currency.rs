//! Whether the classes of a plan are still as they were when it was compiled.

use super::{Fixed, MessageLayout, Value, Variable};
use crate::codec::CodecObject;

/// Whether every class that the layout refers to is unchanged, through all messages within.
pub unsafe fn is_current(layout: &MessageLayout) -> bool {
    // SAFETY: the layout's codec is alive, and holds the codecs within.
    unsafe { Check { seen: Vec::new() }.message(layout) }
}

struct Check {
    seen: Vec<*mut CodecObject>,
}

impl Check {
    unsafe fn message(&mut self, layout: &MessageLayout) -> bool {
        let union_is_current = |union: &super::UnionLayout| {
            union.unknown.is_current()
                && union
                    .variants
                    .iter()
                    .all(|variant| variant.shape.is_current())
        };
        // SAFETY: as above.
        layout.shape.is_current()
            && layout.block.iter().all(|field| fixed(&field.value))
            && layout.unions.iter().all(union_is_current)
            && layout
                .tagged
                .iter()
                .all(|field| unsafe { self.value(&field.value) })
            && (layout.unions.iter().flat_map(|union| &union.variants))
                .all(|variant| unsafe { self.value(&variant.value) })
    }

    unsafe fn value(&mut self, value: &Value) -> bool {
        match value {
            Value::Fixed(value) => fixed(value),
            // SAFETY: as above.
            Value::Variable(value) => unsafe { self.variable(value) },
        }
    }

    unsafe fn variable(&mut self, value: &Variable) -> bool {
        // SAFETY: as above.
        unsafe {
            match value {
                Variable::Text { .. } | Variable::Bytes(_) | Variable::Union(_) => true,
                Variable::PackedList(list) => fixed(&list.element),
                Variable::List(list) => self.variable(&list.element),
                Variable::Map(map) => self.value(&map.key) && self.value(&map.value),
                Variable::Message { codec, .. } => {
                    if self.seen.contains(codec) {
                        return true;
                    }
                    self.seen.push(*codec);
                    match CodecObject::compiled(*codec) {
                        Some(layout) => self.message(layout),
                        None => CodecObject::is_compiling(*codec),
                    }
                }
            }
        }
    }
}

fn fixed(value: &Fixed) -> bool {
    match value {
        Fixed::Struct(layout) => {
            layout.shape.is_current() && layout.fields.iter().all(|field| fixed(&field.value))
        }
        Fixed::Array(layout) => fixed(&layout.element),
        Fixed::Limited(limited) => fixed(&limited.value),
        _ => true,
    }
}
