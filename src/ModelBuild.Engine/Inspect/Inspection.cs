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
    /// <exception cref="DiagnosticException">MB2001 to MB2003, MB2013: there is no file, or it is no model; MB1010: the dimensions can't be read.</exception>
    public static Inspection Of(string file, string dimensions)
    {
        var options = ImportOptions.None with { Dimensions = Dimensions.Read(new CompileRequest(file, "", "") { Dimensions = dimensions }) };
        ModelFormat format = ModelFormat.Of(file);
        return format.Inspect?.Invoke(file, options) ?? OfImport(format, file, options);
    }

    /// <summary>What of the model is known once it is imported.</summary>
    private static Inspection OfImport(ModelFormat format, string file, ImportOptions options)
    {
        var (graph, macs, unsupported) = Compiled(format, file, options);
        if (unsupported.Length > 0 && format.Unsupported?.Invoke(file) is { Count: > 0 } all)
            unsupported = [.. all];
        InspectedTensor[] Tensors(IEnumerable<string>? names) => [.. names?.Select(n => new InspectedTensor(n, graph!.Types[n].Element.Word(), [.. graph.Types[n].Shape.Select((d, i) => i == 0 && graph.Batch ? (object)"batch" : (long)d)])) ?? []];
        return new Inspection(
            Path.GetFileName(file), new FileInfo(file).Length, format.Name, 0, new Dictionary<string, long>(), Tensors(graph?.Inputs), Tensors(graph?.Outputs),
            graph?.Nodes.Length ?? 0, Counted(graph?.Nodes.Select(n => n.Op.Name) ?? []), graph?.Constants.Values.Where(c => c.Element.IsFloat()).Sum(c => (long)c.Shape.Size) ?? 0, macs, unsupported);
    }

    public static IReadOnlyList<InspectedOperator> Counted(IEnumerable<string> operators) =>
        [.. operators.GroupBy(o => o).Select(g => new InspectedOperator(g.Key, g.Count())).OrderByDescending(o => o.Count).ThenBy(o => o.Name, StringComparer.Ordinal)];

    /// <summary>The graph, as far as the model can be imported, and the multiply–accumulates of a call, as far as it can be compiled; else why not.</summary>
    public static (Graph? Graph, long? Macs, InspectedFault[] Unsupported) Compiled(ModelFormat format, string file, ImportOptions options)
    {
        Graph? graph = null;
        try
        {
            graph = format.Read(Path.GetFullPath(file), options).Graph;
            return (graph, ReportLayers.Of(Emitted.From(Simplify.Run(graph), PlanNames.None, Optimize.Speed, Numerics.Strict)).Sum(l => l.Macs), []);
        }
        catch (ImportException e)
        {
            return (graph, null, [new InspectedFault(e.Node, e.Operator, e.Diagnostic.Text)]);
        }
        catch (DiagnosticException e) when (e.Diagnostic.Id is not ("MB2001" or "MB2002" or "MB2003"))
        {
            return (graph, null, [new InspectedFault("", "", e.Diagnostic.Text)]);
        }
        catch (OperatorException e)
        {
            return (graph, null, [new InspectedFault("", "", e.Message)]);
        }
    }
}
