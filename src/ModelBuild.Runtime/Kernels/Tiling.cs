namespace ModelBuild.Generated;

/// <summary>
/// How the rows and columns of a product are cut: rows into tiles of about one height, rather than a last one of a row or two, columns into panels. Threads
/// share out one of the two; where tiles begin doesn't depend on that, so that every sum is the same.
/// </summary>
internal readonly struct Tiling(int rows, int columns, int height, long weights)
{
    /// <summary>Columns of a panel; the last one is as wide as what remains.</summary>
    public const int Panel = 32;

    /// <summary>Weights of this many bytes stay in the second-level cache while all rows pass; larger ones are taken panel by panel.</summary>
    private const int CachedWeights = 512 * 1024;

    // Panels for four threads at least, two chunks each.
    private const int ManyPanels = 8;

    private readonly int _tiles = (rows + height - 1) / height, _panels = (columns + Panel - 1) / Panel;

    /// <summary>What threads share out: tiles; panels where there are more of them, or where every thread would read all of large weights.</summary>
    public int Parts => IsByPanels ? _panels : _tiles;

    /// <summary>Columns that are finished for all rows before the next ones begin.</summary>
    public int Width => weights <= CachedWeights ? columns : Panel;

    private bool IsByPanels => _panels > _tiles || (weights > CachedWeights && _panels >= ManyPanels);

    /// <summary>The first row of a tile, or the number of rows after the last.</summary>
    public int Row(int tile) => _tiles == 0 ? 0 : (int)((long)rows * tile / _tiles);

    public void Part(int from, int to, out int tile, out int endTile, out int column, out int endColumn)
    {
        (tile, endTile, column, endColumn) = IsByPanels
            ? (0, _tiles, from * Panel, Math.Min(columns, to * Panel))
            : (from, to, 0, columns);
    }
}
