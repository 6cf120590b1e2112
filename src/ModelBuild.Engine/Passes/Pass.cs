namespace ModelBuild.Engine;

/// <summary>
/// A step of a recipe: a record whose parameters are the recipe's keys, with their types, defaults and descriptions. Graph in, graph out; nothing else
/// changes.
/// </summary>
internal abstract record Pass
{
    /// <summary>The nodes that the step may change: <c>only:</c> and <c>except:</c>, which every step takes.</summary>
    public Selection Nodes { get; init; } = Selection.All;

    /// <summary>The most that a layer's outputs may then be off: <c>max-error:</c>, which every step takes.</summary>
    public double? MaxError { get; init; }

    /// <summary>Whether the step is there to make layers smaller or faster, so that one that is neither is worth a warning.</summary>
    public virtual bool Shrinks => true;

    /// <summary>Whether the step changes what layers compute.</summary>
    public virtual bool IsLossy => true;

    /// <summary>A step that leaves layers in the same forms at little cost, whatever it does to accuracy; null where there is none.</summary>
    public virtual Pass? Quickly() => this;

    /// <summary>Whether the step measures: without calibration data it is an error.</summary>
    public virtual bool NeedsCalibration => false;

    /// <summary>Why values don't go together that are each valid; null where they do.</summary>
    public virtual string? Conflict => null;

    /// <summary>Whether the step could change the node, were it selected: what messages offer for <c>only:</c> and <c>except:</c>.</summary>
    public abstract bool Applies(Graph graph, Node node);

    public abstract Graph Apply(Graph graph, PassContext context);
}

/// <summary>What a step may know besides the graph; <paramref name="Source"/> is the graph as imported and simplified, before any step.</summary>
internal sealed record PassContext(Graph Source)
{
    /// <summary>Calibration samples, one tensor an input; may be read more than once.</summary>
    public IEnumerable<Tensor[]> Samples { get; init; } = [];

    /// <summary>The samples' classes, where calibration data has them.</summary>
    public IReadOnlyList<int>? Labels { get; init; }

    /// <summary>Takes a line for the report: what a step has chosen.</summary>
    public Action<string> Note { get; init; } = _ => { };

    /// <summary>Takes what a step that searches has measured and tried.</summary>
    public Action<SearchTrace> Search { get; init; } = _ => { };

    /// <summary>Takes what a long step is at: the name of a layer.</summary>
    public Action<string> Progress { get; init; } = _ => { };

    public CancellationToken Cancellation { get; init; }
}
