//! The text format of Prometheus, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// The labels of a series, in the order they are written in.
pub(super) type Labels<'a> = Vec<(&'static str, &'a str)>;

/// Families of series, written one after the other.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
}

impl Exposition {
    pub(super) fn counters(&mut self, name: &str, help: &str, series: &BTreeMap<Labels<'_>, u64>) {
        self.family(name, "counter", help, series);
    }

    pub(super) fn gauges(&mut self, name: &str, help: &str, series: &BTreeMap<Labels<'_>, u64>) {
        self.family(name, "gauge", help, series);
    }

    fn family(&mut self, name: &str, kind: &str, help: &str, series: &BTreeMap<Labels<'_>, u64>) {
        self.head(name, kind, help);
        for (labels, value) in series {
            self.sample(name, labels, value);
        }
    }

    /// What a family begins with.
    pub(super) fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.text.push_str("# HELP ");
        self.text.push_str(name);
        self.text.push(' ');
        escape(help, false, &mut self.text);
        self.line(format_args!("\n# TYPE {name} {kind}"));
    }

    /// One value.
    pub(super) fn sample(&mut self, name: &str, labels: &Labels<'_>, value: impl Display) {
        self.text.push_str(name);
        for (place, (label, text)) in labels.iter().enumerate() {
            self.text.push(if place == 0 { '{' } else { ',' });
            self.text.push_str(label);
            self.text.push_str("=\"");
            escape(text, true, &mut self.text);
            self.text.push('"');
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        self.line(format_args!(" {value}"));
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn line(&mut self, end: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.text.write_fmt(end);
        self.text.push('\n');
    }
}

/// Help escapes backslashes and line ends, values of labels quotes as well.
fn escape(text: &str, quotes: bool, output: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '"' if quotes => output.push_str("\\\""),
            other => output.push(other),
        }
    }
}
