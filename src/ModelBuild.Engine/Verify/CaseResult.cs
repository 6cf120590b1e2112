namespace ModelBuild.Engine;

internal enum Verdict { Pass, Fail, Unsupported }

/// <summary>
/// What <c>verify</c> says of one case: how far it is from the reference, the reason of a failure, or why it is not supported; and which inputs were bound as
/// constants.
/// </summary>
internal sealed record CaseResult(string Name, Verdict Verdict, string Reason, IReadOnlyList<string> Bound)
{
    /// <summary>Runs a judgement: a model that can't be compiled is unsupported, and whatever else goes wrong is our fault.</summary>
    /// <exception cref="DiagnosticException">MB1xxx: what the user asks for is at fault.</exception>
    public static CaseResult Of(string name, IReadOnlyList<string> bound, Func<(Verdict Verdict, string Reason)> judge)
    {
        var (verdict, reason) = Judged(judge);
        return new CaseResult(name, verdict, string.Join(" ", reason.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)), bound);
    }

    private static (Verdict Verdict, string Reason) Judged(Func<(Verdict Verdict, string Reason)> judge)
    {
        try
        {
            return judge();
        }
        catch (DiagnosticException e) when (!e.Diagnostic.Id.StartsWith("MB1", StringComparison.Ordinal))
        {
            return (Verdict.Unsupported, e.Diagnostic.Text);
        }
        catch (OperatorException e)
        {
            return (Verdict.Unsupported, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            return (Verdict.Unsupported, e.Message);
        }
        catch (Exception e) when (e is not (OperationCanceledException or DiagnosticException))
        {
            return (Verdict.Fail, $"a fault in ModelBuild: {e.GetType().Name}: {e.Message}");
        }
    }
}
