using ModelBuild.Engine.Onnx;

namespace ModelBuild.Engine;

/// <summary>An input or output as the file declares it; axes are numbers, or names where they are symbolic.</summary>
internal sealed record InspectedTensor(string Name, string Type, IReadOnlyList<object> Shape);

internal sealed record InspectedOperator(string Name, int Count);

/// <summary>What can't be compiled: a node with its operator and why, or, without a node, something of the whole model.</summary>
internal sealed record InspectedFault(string Node, string Operator, string Reason);

/// <summary>What is in a model file. <paramref name="Macs"/> are multiply–accumulates a call of the layers with weights; null where the model can't be compiled.</summary>
internal sealed record Inspection(
    string Model, long Bytes, string Producer, long IrVersion, IReadOnlyDictionary<string, long> Opsets,
    IReadOnlyList<InspectedTensor> Inputs, IReadOnlyList<InspectedTensor> Outputs,
    int Nodes, IReadOnlyList<InspectedOperator> Operators, long Parameters, long? Macs, IReadOnlyList<InspectedFault> Unsupported)
{
    /// <exception cref="DiagnosticException">MB2001 to MB2003: there is no file, or it is no model; MB1010: the dimensions can't be read.</exception>
    public static Inspection Of(string file, string dimensions)
    {
        var options = ImportOptions.None with { Dimensions = Dimensions.Read(new CompileRequest(file, "", "") { Dimensions = dimensions }) };
        ModelProto model = OnnxReader.Parse(file);
        GraphProto graph = model.Graph;
        HashSet<string> initializers = [.. graph.Initializer.Select(t => t.Name), .. graph.SparseInitializer.Select(t => t.Values?.Name ?? "")];
        long opset = model.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 1;
        InspectedFault[] unsupported = [.. graph.Node.Select(n => Fault(n, opset)).OfType<InspectedFault>()];
        long? macs = null;
        if (unsupported.Length == 0)
            (macs, unsupported) = Compiled(file, options);
        return new Inspection(
            Path.GetFileName(file), new FileInfo(file).Length, $"{model.ProducerName} {model.ProducerVersion}".Trim(), model.IrVersion,
            model.OpsetImport.GroupBy(o => o.Domain is "" ? "ai.onnx" : o.Domain).ToDictionary(g => g.Key, g => g.Max(o => o.Version)),
            [.. graph.Input.Where(i => !initializers.Contains(i.Name)).Select(Tensor)], [.. graph.Output.Select(Tensor)],
            graph.Node.Count, [.. graph.Node.GroupBy(Operator).Select(g => new InspectedOperator(g.Key, g.Count())).OrderByDescending(o => o.Count).ThenBy(o => o.Name, StringComparer.Ordinal)],
            CountParameters(graph), macs, unsupported);
    }

    private static (long? Macs, InspectedFault[] Unsupported) Compiled(string file, ImportOptions options)
    {
        try
        {
            Emitted emitted = Emitted.From(Simplify.Run(OnnxReader.Read(file, options).Graph), PlanNames.None, numerics: Numerics.Default);
            return (ReportLayers.Of(emitted).Sum(l => l.Macs), []);
        }
        catch (ImportException e)
        {
            return (null, [new InspectedFault(e.Node, e.Operator, e.Diagnostic.Text)]);
        }
        catch (DiagnosticException e)
        {
            return (null, [new InspectedFault("", "", e.Diagnostic.Text)]);
        }
        catch (OperatorException e)
        {
            return (null, [new InspectedFault("", "", e.Message)]);
        }
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
