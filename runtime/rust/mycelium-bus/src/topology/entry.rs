//! One table of a topology file, read key by key; what does not fit is noted and reading goes on.

use std::ops::Range;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};
use toml::Spanned;

use super::problem::{did_you_mean, Problem};

/// The text, and the problems found in it so far.
pub(super) struct Findings<'t> {
    pub(super) text: &'t str,
    pub(super) problems: Vec<Problem>,
}

impl Findings<'_> {
    pub(super) fn line_at(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(&[]);
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    fn add(&mut self, line: usize, message: String, mend: &str) {
        self.problems.push(Problem {
            line,
            message,
            mend: mend.to_owned(),
        });
    }
}

/// A table and its line. A reader gives None for a key that is absent, or wrong and reported.
pub(super) struct Entry<'a, 't> {
    values: &'a DeTable<'t>,
    pub(super) line: usize,
}

/// How a name has to look, and that in words.
pub(super) struct NameRule {
    pub(super) holds: fn(&str) -> bool,
    pub(super) words: &'static str,
}

impl<'a, 't> Entry<'a, 't> {
    pub(super) fn new(values: &'a DeTable<'t>, line: usize) -> Self {
        Self { values, line }
    }

    pub(super) fn problem(&self, findings: &mut Findings<'_>, message: String, mend: &str) {
        findings.add(self.line, message, mend);
    }

    pub(super) fn problem_at(
        &self,
        findings: &mut Findings<'_>,
        key: &str,
        message: String,
        mend: &str,
    ) {
        let line = self
            .span_of(key)
            .map_or(self.line, |span| findings.line_at(span.start));
        findings.add(line, message, mend);
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.values.get(key).is_some()
    }

    /// Notes every key that is none of these.
    pub(super) fn refuse_unknown(&self, findings: &mut Findings<'_>, what: &str, known: &[&str]) {
        for key in self.values.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let mend = did_you_mean(name, known.iter().copied());
                self.problem_at(
                    findings,
                    name,
                    format!("`{name}` is no key of {what}"),
                    &mend,
                );
            }
        }
    }

    /// Notes a key that has to be there and is not.
    pub(super) fn require(&self, findings: &mut Findings<'_>, key: &str) {
        if !self.has(key) {
            self.problem(findings, format!("`{key}` is missing"), "");
        }
    }

    /// A string that is not empty.
    pub(super) fn text(&self, findings: &mut Findings<'_>, key: &str) -> Option<String> {
        match self.value(key)? {
            DeValue::String(text) if !text.is_empty() => Some(text.to_string()),
            _ => {
                let message = format!("`{key}` must be a string that is not empty");
                self.problem_at(findings, key, message, "");
                None
            }
        }
    }

    /// A string of this form.
    pub(super) fn name(
        &self,
        findings: &mut Findings<'_>,
        key: &str,
        rule: &NameRule,
    ) -> Option<String> {
        let text = self.text(findings, key)?;
        if (rule.holds)(&text) {
            return Some(text);
        }
        let mend = format!("it must be {}", rule.words);
        self.problem_at(findings, key, format!("`{text}` is no {key}"), &mend);
        None
    }

    /// An array of strings of this form.
    pub(super) fn names(
        &self,
        findings: &mut Findings<'_>,
        key: &str,
        rule: &NameRule,
    ) -> Option<Vec<String>> {
        let value = self.value(key)?;
        let texts: Option<Vec<String>> = value.as_array().and_then(|values| {
            values
                .iter()
                .map(|each| each.get_ref().as_str().map(str::to_owned))
                .collect()
        });
        let Some(texts) = texts else {
            let message = format!("`{key}` must be an array of strings");
            self.problem_at(findings, key, message, "");
            return None;
        };
        for text in texts.iter().filter(|text| !(rule.holds)(text)) {
            let mend = format!("it must be {}", rule.words);
            let message = format!("`{text}` cannot be in `{key}`");
            self.problem_at(findings, key, message, &mend);
        }
        Some(texts)
    }

    /// One of these words.
    pub(super) fn choice(
        &self,
        findings: &mut Findings<'_>,
        key: &str,
        known: &[&str],
    ) -> Option<String> {
        let word = self.text(findings, key)?;
        if known.contains(&word.as_str()) {
            return Some(word);
        }
        let mend = did_you_mean(&word, known.iter().copied());
        self.problem_at(findings, key, format!("`{word}` is no {key}"), &mend);
        None
    }

    /// A whole number within limits.
    pub(super) fn integer(
        &self,
        findings: &mut Findings<'_>,
        key: &str,
        smallest: u32,
        largest: u32,
    ) -> Option<u32> {
        let number = self.value(key)?.as_integer().and_then(|integer| {
            let digits = integer.as_str().replace('_', "");
            u32::from_str_radix(&digits, integer.radix()).ok()
        });
        if let Some(number) = number.filter(|number| (smallest..=largest).contains(number)) {
            return Some(number);
        }
        let message = format!("`{key}` must be a whole number from {smallest} to {largest}");
        self.problem_at(findings, key, message, "");
        None
    }

    /// `true` or `false`; absent is false.
    pub(super) fn boolean(&self, findings: &mut Findings<'_>, key: &str) -> bool {
        match self.value(key) {
            None => false,
            Some(DeValue::Boolean(value)) => *value,
            Some(_) => {
                self.problem_at(findings, key, format!("`{key}` must be true or false"), "");
                false
            }
        }
    }

    /// A path.
    pub(super) fn path(&self, findings: &mut Findings<'_>, key: &str) -> Option<PathBuf> {
        let text = self.text(findings, key)?;
        if text.contains('\0') {
            let message = format!("`{key}` holds a NUL, which no path may");
            self.problem_at(findings, key, message, "");
            return None;
        }
        Some(PathBuf::from(text))
    }

    /// A table within this one.
    pub(super) fn table(&self, findings: &mut Findings<'_>, key: &str) -> Option<Entry<'a, 't>> {
        let value = self.value(key)?;
        let Some(table) = value.as_table() else {
            self.problem_at(findings, key, format!("`{key}` must be a table"), "");
            return None;
        };
        let line = self
            .span_of(key)
            .map_or(self.line, |span| findings.line_at(span.start));
        Some(Entry::new(table, line))
    }

    /// An array of tables within this one.
    pub(super) fn tables(&self, findings: &mut Findings<'_>, key: &str) -> Vec<Entry<'a, 't>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let tables: Option<Vec<_>> = value.as_array().and_then(|values| {
            values
                .iter()
                .map(|each| {
                    let line = findings.line_at(each.span().start);
                    each.get_ref()
                        .as_table()
                        .map(|table| Entry::new(table, line))
                })
                .collect()
        });
        tables.unwrap_or_else(|| {
            let mend = format!("write [[{key}]]");
            self.problem_at(findings, key, format!("`{key}` must be tables"), &mend);
            Vec::new()
        })
    }

    fn value(&self, key: &str) -> Option<&'a DeValue<'t>> {
        self.values.get(key).map(Spanned::get_ref)
    }

    fn span_of(&self, key: &str) -> Option<Range<usize>> {
        self.values.get_key_value(key).map(|(key, _)| key.span())
    }
}
