//! What is measured, as the JSON that `python -m benches.bus` reads.

/// A contestant: by column, the numbers told of it, in nanoseconds.
pub struct Row {
    pub name: &'static str,
    pub title: &'static str,
    pub cells: Vec<(String, Vec<f64>)>,
}

/// Contestants beside each other.
pub struct Table {
    pub name: &'static str,
    pub title: &'static str,
    pub rows: Vec<Row>,
}

impl Table {
    fn to_json(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(Row::to_json).collect();
        format!(
            r#"{{"name":"{}","title":"{}","rows":[{}]}}"#,
            self.name,
            self.title,
            rows.join(",")
        )
    }
}

impl Row {
    fn to_json(&self) -> String {
        let cell = |(column, numbers): &(String, Vec<f64>)| {
            let numbers: Vec<String> = numbers
                .iter()
                .map(|number| format!("{number:.1}"))
                .collect();
            format!(r#""{column}":[{}]"#, numbers.join(","))
        };
        let cells: Vec<String> = self.cells.iter().map(cell).collect();
        format!(
            r#"{{"name":"{}","title":"{}","cells":{{{}}}}}"#,
            self.name,
            self.title,
            cells.join(",")
        )
    }
}

/// All of it on standard output.
pub fn print(rounds: usize, tables: &[Table]) {
    let tables: Vec<String> = tables.iter().map(Table::to_json).collect();
    println!(
        r#"{{"language":"rust","toolchain":"{}, release profile with link-time optimisation","rounds":{rounds},"versions":{{{}}},"tables":[{}]}}"#,
        env!("BENCH_RUSTC"),
        env!("BENCH_VERSIONS"),
        tables.join(",")
    );
}
