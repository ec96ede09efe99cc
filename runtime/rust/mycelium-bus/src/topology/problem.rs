//! What is wrong with a topology, all of it at once, each with its line.

use std::fmt;

/// One mistake. Problems are ordered by line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it; empty where that is plain.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        if self.mend.is_empty() {
            return Ok(());
        }
        write!(formatter, "; {}", self.mend)
    }
}

/// A topology that cannot be used. Its text has a line for each problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopologyError {
    /// The file, or what stands for it.
    pub name: String,
    /// All that is wrong, sorted by line.
    pub problems: Vec<Problem>,
}

impl TopologyError {
    pub(super) fn new(name: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort();
        Self {
            name: name.to_owned(),
            problems,
        }
    }
}

impl fmt::Display for TopologyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{}:{}: {problem}", self.name, problem.line)?;
        }
        Ok(())
    }
}

impl std::error::Error for TopologyError {}

/// A hint with the nearest known word, or with all of them where none is near: at most half of it may differ.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<_> = known.into_iter().collect();
    let nearest = words
        .iter()
        .map(|each| (edit_distance(word, each), each))
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((distance, near)) if distance <= word.chars().count().div_ceil(2) => {
            format!("did you mean `{near}`?")
        }
        _ => {
            let quoted: Vec<_> = words.iter().map(|each| format!("`{each}`")).collect();
            format!("known are {}", quoted.join(", "))
        }
    }
}

/// How many characters have to be added, removed or replaced (Levenshtein).
fn edit_distance(one: &str, other: &str) -> usize {
    let other: Vec<_> = other.chars().collect();
    let mut row: Vec<_> = (0..=other.len()).collect();
    for (length, character) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], length + 1);
        for (position, against) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(character != *against);
            diagonal = row[position + 1];
            row[position + 1] = replaced.min(diagonal + 1).min(row[position] + 1);
        }
    }
    row[other.len()]
}
