namespace ModelBuild.Engine;

/// <summary>What the user allows, null where nothing is said: bytes, shares and errors as numbers. <paramref name="Severity"/> is that of a missed budget.</summary>
internal sealed record Budgets(long? MaxSize, double? MaxAccuracyDrop, double? MaxError, long? MaxScratch, long? MaxMacs, Severity Severity)
{
    /// <exception cref="DiagnosticException">MB1010: a value that can't be read.</exception>
    public static Budgets Read(CompileRequest request) => new(
        Bytes(request, nameof(MaxSize), request.MaxSize),
        Number(request, nameof(MaxAccuracyDrop), request.MaxAccuracyDrop, 1),
        Number(request, nameof(MaxError), request.MaxError, double.MaxValue),
        Bytes(request, nameof(MaxScratch), request.MaxScratch),
        Count(request, nameof(MaxMacs), request.MaxMacs),
        request.Budgets.Trim().ToLowerInvariant() switch
        {
            "" or "error" => Severity.Error,
            "warning" => Severity.Warning,
            _ => throw Diagnostics.Metadata(request.Site, "Budgets", request.Budgets, $"error or warning{Near.Hint(request.Budgets, ["error", "warning"])}"),
        });

    private static long? Bytes(CompileRequest request, string name, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return Quantity.Parse(text) is { } quantity && quantity.Unit != "%" && Quantity.Of(quantity.Amount, quantity.Unit) is >= 0 and <= 1e15 and var bytes
            ? (long)bytes
            : throw Diagnostics.Metadata(request.Site, name, text, "a number of bytes, like 30000, 30KB (1,000 bytes each) or 30KiB (1,024)");
    }

    private static long? Count(CompileRequest request, string name, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return Quantity.Parse(text) is { Unit: "" } quantity && quantity.Amount is >= 0 and <= 1e18 and var count
            ? (long)count
            : throw Diagnostics.Metadata(request.Site, name, text, "a number, like 6000000 or 6e6");
    }

    private static double? Number(CompileRequest request, string name, string text, double most)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return Quantity.Parse(text) is { } quantity && !Quantity.IsBytes(quantity.Unit) && Quantity.Of(quantity.Amount, quantity.Unit) is >= 0 and var value && value <= most
            ? value
            : throw Diagnostics.Metadata(request.Site, name, text, $"a number from 0{(most == 1 ? " to 1" : "")}, like 0.01, or a share, like 1%");
    }
}
