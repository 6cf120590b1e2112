using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>What an ONNX file declares, and every node of it that no row of the operator table reads: more than its import, which ends at the first.</summary>
internal static class OnnxInspection
{
    /// <exception cref="DiagnosticException">MB2001 to MB2003: there is no file, or it is no model.</exception>
    public static Inspection Of(string file, ImportOptions options)
    {
        ModelProto model = OnnxReader.Parse(file);
        GraphProto graph = model.Graph;
        HashSet<string> initializers = [.. graph.Initializer.Select(t => t.Name), .. graph.SparseInitializer.Select(t => t.Values?.Name ?? "")];
        long opset = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 1;
        InspectedFault[] unsupported = [.. graph.Node.Select(n => Fault(n, opset)).OfType<InspectedFault>()];
        long? macs = null;
        if (unsupported.Length == 0)
            (_, macs, unsupported) = Inspection.Compiled(ModelFormat.Table.First(f => f.Inspect == Of), file, options);
        return new Inspection(
            Path.GetFileName(file), new FileInfo(file).Length, $"{model.ProducerName} {model.ProducerVersion}".Trim(), model.IrVersion,
            model.OpsetImport.GroupBy(o => o.Domain is "" ? "ai.onnx" : o.Domain).ToDictionary(g => g.Key, g => g.Max(o => o.Version)),
            [.. graph.Input.Where(i => !initializers.Contains(i.Name)).Select(Tensor)], [.. graph.Output.Select(Tensor)],
            graph.Node.Count, Inspection.Counted(graph.Node.Select(Operator)),
            CountParameters(graph), macs, unsupported);
    }

    // Numbers that were learned: constants of floating-point type, wherever the exporter put them.
    private static long CountParameters(GraphProto graph) => graph.Initializer.Concat(graph.SparseInitializer.Select(s => s.Values ?? new TensorProto()))
        .Concat(graph.Node.Where(n => n.OpType == "Constant").SelectMany(n => n.Attribute).Select(a => a.T ?? new TensorProto()))
        .Where(t => !((ElementType)t.DataType is ElementType.Int64 or ElementType.Int32 or ElementType.Bool or ElementType.String) && t.DataType != 0)
        .Sum(t => t.Dims.Aggregate(1L, (a, b) => a * b));

    private static InspectedFault? Fault(NodeProto node, long opset)
    {
        string? reason = !OnnxOperators.ByName.TryGetValue(Operator(node), out OnnxOperator? row) ? "the operator is not supported"
            : opset < row.Since ? $"the operator is supported as opset {row.Since} and newer ones define it, and this is {opset}"
            : null;
        return reason == null ? null : new InspectedFault(Name(node), Operator(node), reason);
    }

    private static string Operator(NodeProto node) => node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";

    private static string Name(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(o => o.Length > 0) ?? node.OpType;

    private static InspectedTensor Tensor(ValueInfoProto value)
    {
        if (value.Type?.TensorType is not { } tensor)
            return new(value.Name, value.Type?.ValueCase.ToString() ?? "unknown", []);
        return new(value.Name, ((ElementType)tensor.ElemType).Word(), [.. tensor.Shape?.Dim.Select(Axis) ?? []]);
    }

    private static object Axis(TensorShapeProto.Types.Dimension axis) =>
        axis.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? axis.DimValue : axis.DimParam.Length > 0 ? axis.DimParam : "?";
}
