namespace ModelBuild.Engine;

/// <summary>What is there after a step (or before the first): the graph, the bytes and layers that lowering makes of it, and how far its layers are from the float model's.</summary>
internal sealed record StepResult(string Step, Graph Graph, int Bytes, IReadOnlyList<ReportLayer> Layers, IReadOnlyDictionary<string, LayerError> Errors)
{
    /// <summary>The plan and the weights; of steps that others follow they are let go.</summary>
    public Emitted? Emitted { get; init; }

    /// <summary>Whether what ships is the graph as an ONNX file, and not what lowering makes of it.</summary>
    public bool IsOnnx { get; init; }

    public Footprint Footprint
    {
        get
        {
            var worst = Errors.Select(e => (e.Key, e.Value)).OrderByDescending(e => e.Value.Error).FirstOrDefault();
            return Footprint.Of(Step, Graph) with { Stored = IsOnnx ? null : Bytes, Error = worst.Value?.Error, Layer = worst.Value?.Error > 0 ? worst.Key : null };
        }
    }
}

/// <summary>Runs recipes on a model, and measures what each step does.</summary>
internal sealed record RecipeRun(Graph Source, Dataset Data, Func<Graph, Emitted> Emit, CancellationToken Cancellation)
{
    // For how large weights become, calibration need not be good.
    private const int QuickSamples = 8;

    public Action<string> Progress { get; init; } = _ => { };

    /// <summary>The model before the first step.</summary>
    public StepResult Start(Emitted emitted) => new("simplified", Source, emitted.Weights.Length, ReportLayers.Of(emitted), new Dictionary<string, LayerError>()) { Emitted = emitted };

    /// <exception cref="DiagnosticException">MB3008: a layer that the step may change is further off than <c>max-error:</c> allows.</exception>
    public StepResult After(StepResult last, BoundStep step, PassContext context)
    {
        Graph graph = Simplify.Run(step.Apply(last.Graph, context));
        IReadOnlyDictionary<string, LayerError> errors = LayerErrors.Of(Source, graph, Data.Samples(), Cancellation);
        foreach (Node node in last.Graph.Nodes.Where(n => errors.ContainsKey(n.Name) && step.On(last.Graph).Nodes.Selects(n) && step.Pass.Applies(last.Graph, n)))
        {
            if (errors[node.Name].Error > step.Pass.MaxError)
                throw Diagnostics.LayerTooWrong(step.Source, step.Step.At, step.Text, node.Name, errors[node.Name].Error, step.Pass.MaxError.Value);
        }
        Emitted emitted = Emit(graph);
        return new(step.Text, graph, emitted.Weights.Length, ReportLayers.Of(emitted), errors) { Emitted = emitted };
    }

    /// <summary>The layers as they would be after other steps; quickly, they have the same forms and other weights. Null where that can't be.</summary>
    public IReadOnlyList<ReportLayer>? Layers(IEnumerable<BoundStep> steps, bool quick)
    {
        Progress("what each step gains");
        Graph graph = Source;
        var context = new PassContext(Source) { Samples = quick ? Data.Samples().Take(QuickSamples) : Data.Samples(), Labels = Data.Labels, Cancellation = Cancellation };
        foreach (BoundStep step in steps)
        {
            if ((quick ? step.Pass.Quickly() : step.Pass) is not { } pass)
                return null;
            graph = Simplify.Run((step with { Pass = pass }).Apply(graph, context));
        }
        return ReportLayers.Of(Emit(graph));
    }
}
