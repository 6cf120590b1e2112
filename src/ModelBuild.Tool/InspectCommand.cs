using System.CommandLine;
using System.Globalization;
using ModelBuild.Engine;
using Spectre.Console;

namespace ModelBuild.Tool;

/// <summary><c>inspect MODEL</c>: what is in the file, and what of it can't be compiled.</summary>
internal static class InspectCommand
{
    public static Command Make(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Argument<string>("MODEL") { Description = "The model file." };
        var dimensions = new Option<string>("--dimensions") { Description = "Lengths of symbolic dimensions, like \"seq=128;width=192\".", HelpName = "LENGTHS" };
        var json = new Option<string>("--json") { Description = "Also write all of it to this file.", HelpName = "FILE" };
        var command = new Command("inspect", "Shows a model's inputs, outputs, operators and size, and every node that can't be compiled.") { model, dimensions, json };
        command.SetAction(parsed =>
        {
            string file = Path.GetFullPath(parsed.GetRequiredValue(model));
            Inspection inspection = terminal.Working("reading", () => Inspection.Of(file, parsed.GetValue(dimensions) ?? ""));
            cancellation.ThrowIfCancellationRequested();
            Json.Write(parsed.GetValue(json), inspection);
            Show(inspection, terminal);
            return 0;
        });
        return command;
    }

    private static void Show(Inspection inspection, Terminal terminal)
    {
        string Number(long? value) => value == null ? "unknown" : value.Value.ToString("N0", CultureInfo.InvariantCulture);
        Table facts = Columns(false, "", "");
        void Fact(string name, string value) => Row(facts, name, value);
        Fact("model", $"{inspection.Model}, {Number(inspection.Bytes)} bytes");
        Fact("producer", inspection.Producer.Length == 0 ? "unknown" : inspection.Producer);
        if (inspection.Opsets.Count > 0)
            Fact("version", $"IR {inspection.IrVersion}, opset {string.Join(", ", inspection.Opsets.Select(o => o.Key == "ai.onnx" ? $"{o.Value}" : $"{o.Key} {o.Value}"))}");
        foreach (var (kind, tensors) in new[] { ("input", inspection.Inputs), ("output", inspection.Outputs) })
        {
            foreach (InspectedTensor tensor in tensors)
                Fact(kind, $"{tensor.Name}: {tensor.Type}[{string.Join(", ", tensor.Shape)}]");
        }
        Fact("parameters", Number(inspection.Parameters));
        Fact("multiply–accumulates a call", Number(inspection.Macs));
        Fact("nodes", Number(inspection.Nodes));
        terminal.Show(facts);

        Table operators = Columns(true, "operator", "nodes");
        foreach (InspectedOperator row in inspection.Operators)
            Row(operators, row.Name, Number(row.Count));
        terminal.Show(operators);

        if (inspection.Unsupported.Count == 0)
        {
            terminal.Line("everything in it can be compiled");
            return;
        }
        Table unsupported = Columns(true, "not supported: node", "operator", "why");
        foreach (InspectedFault fault in inspection.Unsupported)
            Row(unsupported, fault.Node, fault.Operator, fault.Reason);
        terminal.Show(unsupported);
    }

    private static Table Columns(bool headers, params ReadOnlySpan<string> titles)
    {
        Table table = new Table { ShowHeaders = headers }.Border(headers ? TableBorder.Simple : TableBorder.None);
        foreach (string title in titles)
            table.AddColumn(new TableColumn(new Text(title)));
        return table;
    }

    // Texts, not markup: names in a model may hold brackets.
    private static void Row(Table table, params ReadOnlySpan<string> cells) => table.AddRow([.. cells.ToArray().Select(c => new Text(c))]);
}
