using ModelBuild.Generated;

namespace ModelBuild.Engine;

/// <summary>
/// How a 3×3 convolution of stride 1 is computed by Winograd's minimal filtering: outputs of a tile on each axis, tiles of a block. Decided by shape and weights alone, by
/// what was measured once (tests/ModelBuild.Benchmarks).
/// </summary>
internal sealed record WinogradChoice(WeightsForm Form, int Tile, int Block, int RoomBytes)
{
    /// <summary>What the kernels take of a convolution's window.</summary>
    private static readonly string[] s_arguments = ["images", "height", "width", "channels", "xImage", "xLine", "xPixel", "yImage", "yLine", "yPixel"];

    // Fewer channels, and the way to frequencies and back costs what is saved; fewer tiles, and weights are read for too little.
    private const int LeastChannels = 16, LeastTiles = 16;

    // Integer filters that stay in the third-level cache as they are, and would come from memory in this form, are as fast as they are.
    private const int MostIntegerBytes = 6 * 1024 * 1024;

    // A block's frequencies stay in the second-level cache, unless they would be two tiles of a product or less.
    private const int Cache = 256 * 1024, LeastBlock = 28;

    /// <summary>float32; null where the direct sum is asked for, or is as fast.</summary>
    public static WinogradChoice? Of(Conv conv, Shape weights, Shape y, Numerics numerics)
    {
        if (numerics == Numerics.Strict || !Fits(conv, weights))
            return null;
        int tile = numerics == Numerics.Fast && Tiles(y, 4) >= LeastTiles ? 4 : 2;
        return Make(tile == 2 ? WeightsForm.Winograd2 : WeightsForm.Winograd4, tile, Tiles(y, tile), block => Winograd.Room(tile, block, weights[1], weights[0]));
    }

    /// <summary>Integers, exact; null where sums could leave what the kernel proves with, or the direct sum is as fast.</summary>
    public static WinogradChoice? Of(Conv conv, IntegerWeights weights, Shape y)
    {
        if (!Fits(conv, weights.Shape))
            return null;
        int tile = Tiles(y, 4) >= LeastTiles && weights.LargestSum < 1 << 25 ? 4 : 2;
        if (weights.LargestSum >= 1 << 29 || (tile + 2) * (tile + 2) * sizeof(short) * weights.Shape[0] * weights.Shape[1] > MostIntegerBytes)
            return null;
        return Make(tile == 2 ? WeightsForm.Winograd2I16 : WeightsForm.Winograd4I16, tile, Tiles(y, tile), block => WinogradU8.Room(tile, block, weights.Shape[1], weights.Shape[0]));
    }

    /// <summary>The kernels' arguments beyond data and clamps.</summary>
    public IEnumerable<(string, object?)> Sizes((string Name, object? Value)[] window, int depth) =>
        [.. window.Where(a => s_arguments.Contains(a.Name)), ("depth", depth), ("tile", Tile), ("block", Block), ("workBytes", RoomBytes)];

    private static bool Fits(Conv conv, Shape weights) =>
        conv.Group == 1 && conv.Kernel.SequenceEqual([3, 3]) && conv.Strides.All(s => s == 1) && conv.Dilations.All(d => d == 1) && Math.Min(weights[0], weights[1]) >= LeastChannels;

    private static WinogradChoice? Make(WeightsForm form, int tile, int tiles, Func<int, int> room)
    {
        int block = Math.Min(tiles, Math.Max(LeastBlock, Cache / room(1)));
        return tiles < LeastTiles ? null : new(form, tile, block, room(block));
    }

    private static int Tiles(Shape y, int tile) => (y[2] + tile - 1) / tile * ((y[3] + tile - 1) / tile);
}
