namespace ModelBuild.Generated;

/// <summary>
/// How the rows and columns of a product are cut: rows into tiles of about one height, rather than a last one of a row or two, columns into panels. Threads
/// share out one of the two; where tiles begin doesn't depend on that, so that every sum is the same.
/// </summary>
/// <param name="rows">Of x and y.</param>
/// <param name="line">How many of them lie at one distance from each other. A tile has rows of one line, or two whole lines.</param>
/// <param name="columns">Of y.</param>
/// <param name="height">Rows of a tile, at most.</param>
/// <param name="weights">Bytes of weights.</param>
internal readonly struct Tiling(int rows, int line, int columns, int height, long weights)
{
    /// <summary>Columns of a panel; the last one is as wide as what remains.</summary>
    public const int Panel = 32;

    /// <summary>Rows of any tile, at most.</summary>
    public const int MostRows = 14;

    /// <summary>Weights of this many bytes stay in the second-level cache while all rows pass; larger ones are taken panel by panel.</summary>
    private const int CachedWeights = 512 * 1024;

    // Panels for four threads at least, two chunks each.
    private const int ManyPanels = 8;

    // A run is what is cut into even parts: a line, or two together where they are short.
    private readonly int _run = Run(rows, line, height), _cuts = (Run(rows, line, height) + height - 1) / height, _panels = (columns + Panel - 1) / Panel;

    private int Tiles => rows == 0 ? 0 : (rows + _run - 1) / _run * _cuts;

    /// <summary>What threads share out: tiles; panels where there are more of them, or where every thread would read all of large weights.</summary>
    public int Parts => IsByPanels ? _panels : Tiles;

    /// <summary>Columns that are finished for all rows before the next ones begin.</summary>
    public int Width => weights <= CachedWeights ? columns : Panel;

    private bool IsByPanels => _panels > Tiles || (weights > CachedWeights && _panels >= ManyPanels);

    /// <summary>The first row of a tile, or the number of rows after the last.</summary>
    public int Row(int tile) => rows == 0 ? 0 : (int)Math.Min(rows, (long)(tile / _cuts) * _run + (long)_run * (tile % _cuts) / _cuts);

    private static int Run(int rows, int line, int height) => 2 * line <= height && line < rows ? 2 * line : line;

    public void Part(int from, int to, out int tile, out int endTile, out int column, out int endColumn)
    {
        (tile, endTile, column, endColumn) = IsByPanels
            ? (0, Tiles, from * Panel, Math.Min(columns, to * Panel))
            : (from, to, 0, columns);
    }
}
