using Spectre.Console;
using Spectre.Console.Rendering;

namespace ModelBuild.Tool;

/// <summary>
/// Where results go, and, where somebody watches, what is under way. Into a pipe or a file nothing goes but results, without colours.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool watched)
{
    // Nothing breaks lines for a reader that isn't there.
    private const int PipeWidth = 4096;

    private readonly Lazy<IAnsiConsole> _output = new(() => Console(output, watched)), _error = new(() => Console(error, watched));

    // Lines that would go through a progress bar are printed when it is gone.
    private List<string>? _held;

    public TextWriter Output => output;

    public TextWriter Error => error;

    public static Terminal OfProcess() => new(System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected && !System.Console.IsErrorRedirected);

    public void Line(string text)
    {
        if (_held != null)
            _held.Add(text);
        else
            output.WriteLine(text);
    }

    public void Show(IRenderable table) => _output.Value.Write(table);

    /// <summary>Works, under a text that says at what.</summary>
    /// <param name="still">Whether nothing may move: work that measures time has the machine to itself.</param>
    public T Working<T>(string text, Func<T> work, bool still = false) => Working(text, _ => work(), still);

    /// <summary>The same of work that says now and then what it is at.</summary>
    public T Working<T>(string text, Func<Action<string>, T> work, bool still = false) => watched
        ? _error.Value.Status().AutoRefresh(!still).Start(Markup.Escape(text), status => work(at => status.Status(Markup.Escape($"{text}: {at}"))))
        : work(_ => { });

    /// <summary>Works through so many things, of which each is counted as it ends.</summary>
    public void Working(string text, int count, Action<Action> work)
    {
        if (!watched)
        {
            work(() => { });
            return;
        }
        List<string> held = _held = [];
        try
        {
            _error.Value.Progress().AutoClear(true).Start(progress =>
            {
                ProgressTask task = progress.AddTask(Markup.Escape(text), maxValue: count);
                work(() => task.Increment(1));
            });
        }
        finally
        {
            _held = null;
            held.ForEach(Line);
        }
    }

    private static IAnsiConsole Console(TextWriter writer, bool watched)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = watched ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = watched ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = watched ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!watched)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
