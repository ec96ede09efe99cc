//! A program is numbers of 8 bytes and runs of bytes with their lengths before them.

use super::{Absence, Block, Bounds, KeyOrder, Message, Shape, Tagged};
use crate::columns::checks::{Check, Number};
use crate::interpreter::object::{Plain, Surprise};

/// Deepest nesting of what a program may say.
const MOST_NESTED: usize = 128;

/// The bytes of a program still to be read.
pub struct Reader<'p> {
    rest: &'p [u8],
    nested: usize,
}

impl<'p> Reader<'p> {
    /// From the start.
    pub fn new(program: &'p [u8]) -> Self {
        Reader {
            rest: program,
            nested: 0,
        }
    }

    /// A message.
    pub fn message(&mut self) -> Plain<Message> {
        let block_size = self.size()?;
        let block = if block_size == 0 {
            None
        } else {
            Some(self.block(block_size)?)
        };
        let tagged = self.several(|reader| {
            let tag = u16::try_from(reader.number()?).map_err(|_| Surprise)?;
            let kind = u8::try_from(reader.number()?).map_err(|_| Surprise)?;
            let absence = match reader.number()? {
                0 => Absence::Refused,
                1 => Absence::Default(reader.run()?.to_vec()),
                2 => Absence::Optional,
                _ => return Err(Surprise),
            };
            Ok(Tagged {
                tag,
                kind,
                absence,
                shape: reader.shape()?,
            })
        })?;
        Ok(Message { block, tagged })
    }

    fn block(&mut self, size: usize) -> Plain<Block> {
        let template = self.run()?.to_vec();
        if template.len() != size {
            return Err(Surprise);
        }
        let may_be_absent = self.number()? == 1;
        let shorter_sizes = self.several(Reader::size)?;
        Ok(Block {
            template,
            may_be_absent,
            shorter_sizes,
            checks: self.checks(size)?,
        })
    }

    fn shape(&mut self) -> Plain<Shape> {
        if self.nested == MOST_NESTED {
            return Err(Surprise);
        }
        self.nested += 1;
        let shape = match self.number()? {
            0 => {
                let size = self.size()?;
                Shape::Fixed {
                    size,
                    checks: self.checks(size)?,
                }
            }
            1 => Shape::Bytes {
                is_text: self.number()? == 1,
                bounds: self.bounds()?,
            },
            2 => {
                let bounds = self.bounds()?;
                let size = self.size()?;
                if size == 0 {
                    return Err(Surprise);
                }
                Shape::PackedList {
                    bounds,
                    size,
                    checks: self.checks(size)?,
                }
            }
            3 => Shape::List {
                bounds: self.bounds()?,
                item: Box::new(self.shape()?),
            },
            4 => Shape::Map {
                bounds: self.bounds()?,
                order: match self.number()? {
                    0 => KeyOrder::Bytewise,
                    1 => KeyOrder::Number { signed: false },
                    _ => KeyOrder::Number { signed: true },
                },
                key: Box::new(self.shape()?),
                value: Box::new(self.shape()?),
            },
            5 => Shape::Message(self.message()?),
            _ => return Err(Surprise),
        };
        self.nested -= 1;
        Ok(shape)
    }

    /// Checks of values that together have `size` bytes; none may look beyond them.
    pub fn checks(&mut self, size: usize) -> Plain<Vec<Check>> {
        let checks = self.several(|reader| reader.check())?;
        if checks
            .iter()
            .all(|check| check.end().is_some_and(|end| end <= size))
        {
            Ok(checks)
        } else {
            Err(Surprise)
        }
    }

    fn check(&mut self) -> Plain<Check> {
        let (code, offset) = (self.number()?, self.size()?);
        Ok(match code {
            0 => Check::Boolean { offset },
            1 => Check::Ascii {
                offset,
                length: self.size()?,
            },
            2 => Check::Members {
                offset,
                size: self.number_size(8)?,
                numbers: self.several(Reader::number)?,
            },
            3 => {
                let size = self.number_size(32)?;
                let signed = self.number()? == 1;
                let minimum = Number::of(self.take(size)?, signed);
                Check::Integer {
                    offset,
                    size,
                    signed,
                    minimum,
                    maximum: Number::of(self.take(size)?, signed),
                }
            }
            4 => {
                let size = self.number_size(8)?;
                let (minimum, maximum) = (
                    f64::from_bits(self.number()?),
                    f64::from_bits(self.number()?),
                );
                Check::Real {
                    offset,
                    size,
                    minimum,
                    maximum,
                }
            }
            5 => {
                let (count, size) = (self.size()?, self.size()?);
                if self.nested == MOST_NESTED {
                    return Err(Surprise);
                }
                self.nested += 1;
                let checks = self.checks(size)?;
                self.nested -= 1;
                Check::Repeated {
                    offset,
                    count,
                    size,
                    checks,
                }
            }
            _ => return Err(Surprise),
        })
    }

    fn bounds(&mut self) -> Plain<Bounds> {
        Ok(Bounds {
            minimum: self.size()?,
            maximum: self.size()?,
        })
    }

    fn several<T>(&mut self, mut each: impl FnMut(&mut Self) -> Plain<T>) -> Plain<Vec<T>> {
        let count = self.size()?;
        (0..count).map(|_| each(self)).collect()
    }

    fn number_size(&mut self, most: usize) -> Plain<usize> {
        let size = self.size()?;
        if (1..=most).contains(&size) {
            Ok(size)
        } else {
            Err(Surprise)
        }
    }

    fn size(&mut self) -> Plain<usize> {
        usize::try_from(self.number()?).map_err(|_| Surprise)
    }

    fn number(&mut self) -> Plain<u64> {
        let bytes = self.take(8)?.try_into().map_err(|_| Surprise)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn run(&mut self) -> Plain<&'p [u8]> {
        let size = self.size()?;
        self.take(size)
    }

    fn take(&mut self, size: usize) -> Plain<&'p [u8]> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(Surprise)?;
        self.rest = rest;
        Ok(taken)
    }
}
