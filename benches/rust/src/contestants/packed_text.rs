//! By hand, with the checks Mycelium makes: messages with text, lists and maps. The bytes are those of the generated code.

use std::collections::BTreeMap;

use crate::contestant::Contestant;
use crate::contestants::packed::{
    checked_value, is_symbol, padded, part, trimmed, write_length, Checked, Malformed, Side,
};
use crate::values::{OrderValues, Visitor};

const BLOCK_SIZE: usize = 25;

pub struct Order {
    id: [u8; 16],
    symbol: [u8; 8],
    side: Side,
    limit_price: Option<f64>,
    tags: Vec<String>,
    attributes: BTreeMap<String, String>,
}

pub fn write_text(text: &str, output: &mut Vec<u8>) {
    write_length(text.len(), output);
    output.extend_from_slice(text.as_bytes());
}

/// How many bytes a text takes in a list.
pub fn text_size(text: &str) -> usize {
    let prefix = match text.len() {
        0..=253 => 1,
        254..=0xFFFF => 3,
        _ => 5,
    };
    prefix + text.len()
}

/// The bytes after a length, and what follows them.
fn checked_run(bytes: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let (length, rest) = match *bytes {
        [short, ref rest @ ..] if short < 254 => (usize::from(short), rest),
        [254, low, high, ref rest @ ..] => {
            let length = u16::from_le_bytes([low, high]);
            if length < 254 {
                return Err(Malformed::Length);
            }
            (usize::from(length), rest)
        }
        [255, a, b, c, d, ref rest @ ..] => {
            let length = u32::from_le_bytes([a, b, c, d]);
            if length < 1 << 16 {
                return Err(Malformed::Length);
            }
            (length as usize, rest)
        }
        _ => return Err(Malformed::Truncated),
    };
    rest.split_at_checked(length).ok_or(Malformed::Truncated)
}

pub fn checked_text(bytes: &[u8]) -> Result<(String, &[u8]), Malformed> {
    let (text, rest) = checked_run(bytes)?;
    let text = std::str::from_utf8(text).map_err(|_| Malformed::Text)?;
    Ok((text.to_owned(), rest))
}

pub fn checked_texts(mut bytes: &[u8]) -> Result<Vec<String>, Malformed> {
    let mut texts = Vec::new();
    while !bytes.is_empty() {
        let (text, rest) = checked_text(bytes)?;
        texts.push(text);
        bytes = rest;
    }
    Ok(texts)
}

/// Entries in ascending order of their keys, without a key twice.
fn checked_map(mut bytes: &[u8]) -> Result<BTreeMap<String, String>, Malformed> {
    let mut entries: Vec<(String, String)> = Vec::new();
    while !bytes.is_empty() {
        let (key, rest) = checked_text(bytes)?;
        let (value, rest) = checked_text(rest)?;
        if entries.last().is_some_and(|(last, _)| *last >= key) {
            return Err(Malformed::Order);
        }
        entries.push((key, value));
        bytes = rest;
    }
    Ok(entries.into_iter().collect())
}

fn decode(body: &[u8]) -> Result<Order, Malformed> {
    let (block, mut rest) = checked_value(body, 0x06)?;
    let block: &[u8; BLOCK_SIZE] = block.try_into().map_err(|_| Malformed::Length)?;
    let symbol = part(block, 16);
    if !is_symbol(&symbol) {
        return Err(Malformed::Symbol);
    }
    let mut limit_price = None;
    if let [0x0B, ref value @ ..] = *rest {
        let (price, after) = value.split_first_chunk().ok_or(Malformed::Truncated)?;
        limit_price = Some(f64::from_le_bytes(*price));
        rest = after;
    }
    let (tags, rest) = checked_value(rest, 0x16)?;
    let (attributes, rest) = checked_value(rest, 0x1E)?;
    if !rest.is_empty() {
        return Err(Malformed::Length);
    }
    Ok(Order {
        id: part(block, 0),
        symbol,
        side: Side::from_number(block[24]),
        limit_price,
        tags: checked_texts(tags)?,
        attributes: checked_map(attributes)?,
    })
}

fn encode(order: &Order, output: &mut Vec<u8>) {
    output.extend_from_slice(&[0x06, BLOCK_SIZE as u8]);
    output.extend_from_slice(&order.id);
    output.extend_from_slice(&order.symbol);
    output.push(order.side.number());
    if let Some(price) = order.limit_price {
        output.push(0x0B);
        output.extend_from_slice(&price.to_le_bytes());
    }
    output.push(0x16);
    write_length(order.tags.iter().map(|tag| text_size(tag)).sum(), output);
    for tag in &order.tags {
        write_text(tag, output);
    }
    output.push(0x1E);
    let sizes = order.attributes.iter();
    let size = sizes
        .map(|(key, value)| text_size(key) + text_size(value))
        .sum();
    write_length(size, output);
    for (key, value) in &order.attributes {
        write_text(key, output);
        write_text(value, output);
    }
}

impl Contestant<OrderValues> for Checked {
    const NAME: &'static str = "packed_checked";
    const TITLE: &'static str = "by hand, same checks";
    type Message = Order;
    type Decoded<'a> = Order;

    fn build(values: &OrderValues) -> Order {
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Order {
            id: values.id,
            symbol: padded(values.symbol),
            side: Side::from_number(values.side),
            limit_price: values.limit_price,
            tags: values.tags.map(str::to_owned).into(),
            attributes: values.attributes.map(owned).into_iter().collect(),
        }
    }

    #[inline(always)]
    fn encode(&mut self, message: &Order, output: &mut Vec<u8>) {
        encode(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Order {
        decode(body).expect("a valid body")
    }

    fn show(decoded: &Order, visitor: &mut impl Visitor) {
        visitor.bytes(&decoded.id);
        visitor.text(trimmed(&decoded.symbol));
        visitor.number(decoded.side.number().into());
        visitor.optional(decoded.limit_price);
        for tag in &decoded.tags {
            visitor.text(tag);
        }
        for (key, value) in &decoded.attributes {
            visitor.text(key);
            visitor.text(value);
        }
    }
}
