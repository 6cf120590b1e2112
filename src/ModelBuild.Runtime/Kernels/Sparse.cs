using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using ModelBuild.Generated.Simd;
using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

/// <summary>
/// Sparse weights times a dense matrix. Pixels are lanes: some vectors of them stay in registers while one output, or a block of a few, walks over the
/// channels that it has weights for.
/// </summary>
internal unsafe struct Sparse : ILoop
{
    /// <summary>
    /// Channels of a chunk, at most, and pixels of a tile. Outputs pass over x in no order, so what they pass over should stay in the first-level cache: 32 KB.
    /// What a chunk adds goes into y, where the next chunk finds it.
    /// </summary>
    public const int Chunk = 128, Tile = 64;

    // Channels further apart than this would lie on more pages than the processor knows by heart: they are brought together first.
    private const int MostApart = 1024;

    // Parts for four threads, two chunks each.
    private const int ManyParts = 8;

    public float* X, Bias, Residual, Y;
    public int* Weights;
    public int Images, Pixels, Blocks, Rows, Depth;
    public nint XImage, XPixel, XChannel, YImage, YChannel, ResidualImage, ResidualChannel;
    public float Lo, Hi;

    /// <summary>Where a chunk begins; all are about as large.</summary>
    public static int Start(int depth, int chunk) => (int)((long)depth * chunk / Chunks(depth));

    public static int Chunks(int depth) => Math.Max(1, (depth + Chunk - 1) / Chunk);

    private readonly int Tiles => (Pixels + Tile - 1) / Tile;

    // Tiles of about one size, in registers: a tile of a vector or two would wait for its sums.
    private readonly int First(int tile) => Math.Min(Pixels, (int)((Pixels + V512.Lanes - 1L) / V512.Lanes * tile / Tiles) * V512.Lanes);

    // Where pixels are few, threads share out the outputs too.
    private readonly int Shares => Math.Clamp(ManyParts / Math.Max(1, Tiles * Images), 1, Math.Max(1, Blocks));

    public readonly void Run(in Frame frame)
    {
        if (Blocks > 0)
            frame.Run(this, Images * Tiles * Shares, (long)Weights[Chunks(Depth) * Blocks - 1] * Rows * Pixels * Images);
    }

    public readonly void Run(int from, int to)
    {
        if (Vector512.IsHardwareAccelerated)
            Run<V512>(from, to);
        else if (Vector256.IsHardwareAccelerated)
            Run<V256>(from, to);
        else if (Vector128.IsHardwareAccelerated)
            Run<V128>(from, to);
        else
            Run<V1>(from, to);
    }

    [SkipLocalsInit]
    private readonly void Run<V>(int from, int to) where V : struct, IVec<V>
    {
        float* memory = stackalloc float[Chunk * Tile + V512.Lanes], tile = (float*)((nuint)(memory + V512.Lanes - 1) & ~(nuint)(V512.Lanes * sizeof(float) - 1));
        int tiles = Tiles, shares = Shares, chunks = Chunks(Depth), total = Weights[chunks * Blocks - 1];
        int* channels = Weights + chunks * Blocks;
        bool inPlace = Pixels == 1 || (XPixel == 1 && XChannel <= MostApart);
        for (int part = from, next; part < to; part = next)
        {
            int image = part / (tiles * shares), at = part / shares % tiles, share = part % shares, end = Math.Min(shares, share + to - part);
            next = part + end - share;
            int pixel = First(at), pixels = First(at + 1) - pixel;
            var blocks = new SparseBlocks
            {
                X = tile, XChannel = inPlace ? XChannel : Tile, Channels = channels, Weights = (float*)(channels + total), Bias = Bias,
                Residual = Residual == null ? null : Residual + image * ResidualImage + pixel, ResidualChannel = ResidualChannel,
                Y = Y + image * YImage + pixel, YChannel = YChannel,
                From = (int)((long)Blocks * share / shares), To = (int)((long)Blocks * end / shares), Lo = Lo, Hi = Hi,
            };
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                int first = Start(Depth, chunk);
                float* x = X + image * XImage + pixel * XPixel + first * XChannel;
                if (inPlace)
                    blocks.X = x;
                else
                    Gather<V>(x, tile, Start(Depth, chunk + 1) - first, pixels);
                blocks.Ends = Weights + chunk * Blocks;
                blocks.IsFirst = chunk == 0;
                blocks.IsLast = chunk == chunks - 1;
                blocks.Start = chunk == 0 && blocks.From == 0 ? 0 : blocks.Ends[blocks.From - 1];
                if (Pixels == 1)
                    blocks.Run(Rows);
                else
                    blocks.Run<V>(Rows, (pixels + V.Lanes - 1) / V.Lanes);
            }
        }
    }

    private readonly void Gather<V>(float* x, float* tile, int channels, int pixels) where V : struct, IVec<V>
    {
        if (XPixel != 1)
        {
            Strided.Transpose(x, tile, channels, pixels, XPixel, Tile);
            return;
        }
        for (int channel = 0; channel < channels; channel++, x += XChannel, tile += Tile)
        {
            for (int i = 0; i < pixels; i += V.Lanes)
                V.Load(x + i).Store(tile + i);
        }
    }
}

/// <summary>Some blocks of outputs over the channels of a chunk, for the pixels of a tile.</summary>
internal unsafe struct SparseBlocks
{
    public float* X, Weights, Bias, Residual, Y;
    public int* Ends, Channels;
    public nint XChannel, ResidualChannel, YChannel;
    public int From, To, Start;
    public bool IsFirst, IsLast;
    public float Lo, Hi;

    /// <summary>One pixel: one output is a sum in four parts, four are lanes.</summary>
    public void Run(int rows)
    {
        SparseBlocks some = this;
        switch (rows)
        {
            case 1: Single(&some); break;
            case 2: Blocks<V1, Two, One>(&some); break;
            default: Quads(&some); break;
        }
    }

    public void Run<V>(int rows, int vectors) where V : struct, IVec<V>
    {
        switch (rows)
        {
            case 1: Run<V, One>(vectors, 4); break;
            case 2: Run<V, Two>(vectors, 4); break;
            // Four vectors for each of four outputs are half of the 512-bit registers, and more than there are of others.
            default: Run<V, Four>(vectors, V.Lanes == V512.Lanes ? 4 : 2); break;
        }
    }

    private void Run<V, R>(int vectors, int most) where V : struct, IVec<V> where R : struct, ICount
    {
        SparseBlocks some = this;
        for (; vectors > 0; vectors -= most, some.X += most * V.Lanes, some.Y += most * V.Lanes, some.Residual = some.Residual == null ? null : some.Residual + most * V.Lanes)
        {
            switch (Math.Min(vectors, most))
            {
                case 1: Blocks<V, R, One>(&some); break;
                case 2: Blocks<V, R, Two>(&some); break;
                case 3: Blocks<V, R, Three>(&some); break;
                default: Blocks<V, R, Four>(&some); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Single(SparseBlocks* self)
    {
        float* x = self->X, w = self->Weights;
        int* channels = self->Channels, ends = self->Ends;
        nint i = self->Start, to = self->To, step = self->XChannel;
        for (nint block = self->From; block < to; block++)
        {
            nint end = ends[block];
            V1 a = V1.Zero, b = V1.Zero, c = V1.Zero, d = V1.Zero;
            for (; i <= end - 4; i += 4)
            {
                V1.Accumulate(ref a, V1.Load(w + i), V1.Load(x + channels[i] * step));
                V1.Accumulate(ref b, V1.Load(w + i + 1), V1.Load(x + channels[i + 1] * step));
                V1.Accumulate(ref c, V1.Load(w + i + 2), V1.Load(x + channels[i + 2] * step));
                V1.Accumulate(ref d, V1.Load(w + i + 3), V1.Load(x + channels[i + 3] * step));
            }
            for (; i < end; i += 2)
            {
                V1.Accumulate(ref a, V1.Load(w + i), V1.Load(x + channels[i] * step));
                V1.Accumulate(ref b, V1.Load(w + i + 1), V1.Load(x + channels[i + 1] * step));
            }
            Finish<V1, One>(self, block, a + b + (c + d), V1.Zero, V1.Zero, V1.Zero);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Quads(SparseBlocks* self)
    {
        float* sums = stackalloc float[4];
        float* x = self->X, w = self->Weights;
        int* channels = self->Channels, ends = self->Ends;
        nint i = self->Start, to = self->To, step = self->XChannel;
        for (nint block = self->From; block < to; block++)
        {
            nint end = ends[block];
            V128 a = V128.Zero, b = V128.Zero;
            for (; i <= end - 2; i += 2)
            {
                V128.Accumulate(ref a, V128.Broadcast(x[channels[i] * step]), V128.Load(w + 4 * i));
                V128.Accumulate(ref b, V128.Broadcast(x[channels[i + 1] * step]), V128.Load(w + 4 * i + 4));
            }
            for (; i < end; i++)
                V128.Accumulate(ref a, V128.Broadcast(x[channels[i] * step]), V128.Load(w + 4 * i));
            (a + b).Store(sums);
            for (nint m = 0; m < 4; m++)
                Finish<V1, One>(self, 4 * block + m, V1.Load(sums + m), V1.Zero, V1.Zero, V1.Zero);
        }
    }

    // R outputs × N vectors of pixels in registers. One output alone takes two channels at a time, as each sum waits for the one before it: it has an even
    // number of weights. R and N are constants to the JIT, and nothing is called from here, as in DensePanel.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Blocks<V, R, N>(SparseBlocks* self) where V : struct, IVec<V> where R : struct, ICount where N : struct, ICount
    {
        float* x = self->X, w = self->Weights;
        int* channels = self->Channels, ends = self->Ends;
        nint step = self->XChannel;
        nint i = self->Start, to = self->To;
        for (nint block = self->From; block < to; block++)
        {
            V a0 = V.Zero, a1 = V.Zero, a2 = V.Zero, a3 = V.Zero, b0 = V.Zero, b1 = V.Zero, b2 = V.Zero, b3 = V.Zero;
            V c0 = V.Zero, c1 = V.Zero, c2 = V.Zero, c3 = V.Zero, d0 = V.Zero, d1 = V.Zero, d2 = V.Zero, d3 = V.Zero, t;
            nint end = ends[block];
            if (R.Value == 1)
            {
                for (; i < end; i += 2)
                {
                    float* p = x + channels[i] * step, q = x + channels[i + 1] * step;
                    t = V.Broadcast(w[i]);
                    V.Accumulate(ref a0, t, V.Load(p));
                    if (N.Value > 1) V.Accumulate(ref a1, t, V.Load(p + V.Lanes));
                    if (N.Value > 2) V.Accumulate(ref a2, t, V.Load(p + 2 * V.Lanes));
                    if (N.Value > 3) V.Accumulate(ref a3, t, V.Load(p + 3 * V.Lanes));
                    t = V.Broadcast(w[i + 1]);
                    V.Accumulate(ref b0, t, V.Load(q));
                    if (N.Value > 1) V.Accumulate(ref b1, t, V.Load(q + V.Lanes));
                    if (N.Value > 2) V.Accumulate(ref b2, t, V.Load(q + 2 * V.Lanes));
                    if (N.Value > 3) V.Accumulate(ref b3, t, V.Load(q + 3 * V.Lanes));
                }
                Finish<V, N>(self, block, a0 + b0, a1 + b1, a2 + b2, a3 + b3);
                continue;
            }
            for (float* v = w + i * R.Value; i < end; i++, v += R.Value)
            {
                float* p = x + channels[i] * step;
                V x0 = V.Load(p), x1 = N.Value > 1 ? V.Load(p + V.Lanes) : default, x2 = N.Value > 2 ? V.Load(p + 2 * V.Lanes) : default, x3 = N.Value > 3 ? V.Load(p + 3 * V.Lanes) : default;
                t = V.Broadcast(v[0]);
                V.Accumulate(ref a0, t, x0);
                if (N.Value > 1) V.Accumulate(ref a1, t, x1);
                if (N.Value > 2) V.Accumulate(ref a2, t, x2);
                if (N.Value > 3) V.Accumulate(ref a3, t, x3);
                t = V.Broadcast(v[1]);
                V.Accumulate(ref b0, t, x0);
                if (N.Value > 1) V.Accumulate(ref b1, t, x1);
                if (N.Value > 2) V.Accumulate(ref b2, t, x2);
                if (N.Value > 3) V.Accumulate(ref b3, t, x3);
                if (R.Value > 2)
                {
                    t = V.Broadcast(v[2]);
                    V.Accumulate(ref c0, t, x0);
                    if (N.Value > 1) V.Accumulate(ref c1, t, x1);
                    if (N.Value > 2) V.Accumulate(ref c2, t, x2);
                    if (N.Value > 3) V.Accumulate(ref c3, t, x3);
                    t = V.Broadcast(v[3]);
                    V.Accumulate(ref d0, t, x0);
                    if (N.Value > 1) V.Accumulate(ref d1, t, x1);
                    if (N.Value > 2) V.Accumulate(ref d2, t, x2);
                    if (N.Value > 3) V.Accumulate(ref d3, t, x3);
                }
            }
            nint output = block * R.Value;
            Finish<V, N>(self, output, a0, a1, a2, a3);
            Finish<V, N>(self, output + 1, b0, b1, b2, b3);
            if (R.Value > 2)
            {
                Finish<V, N>(self, output + 2, c0, c1, c2, c3);
                Finish<V, N>(self, output + 3, d0, d1, d2, d3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<V, N>(SparseBlocks* self, nint output, V v0, V v1, V v2, V v3) where V : struct, IVec<V> where N : struct, ICount
    {
        float* y = self->Y + output * self->YChannel;
        if (!self->IsFirst)
            Add<V, N>(y, ref v0, ref v1, ref v2, ref v3);
        else if (self->Bias != null)
        {
            V bias = V.Broadcast(self->Bias[output]);
            v0 += bias;
            v1 += bias;
            v2 += bias;
            v3 += bias;
        }
        if (self->IsLast)
        {
            if (self->Residual != null)
                Add<V, N>(self->Residual + output * self->ResidualChannel, ref v0, ref v1, ref v2, ref v3);
            V lo = V.Broadcast(self->Lo), hi = V.Broadcast(self->Hi);
            v0 = V.Max(lo, V.Min(hi, v0));
            v1 = V.Max(lo, V.Min(hi, v1));
            v2 = V.Max(lo, V.Min(hi, v2));
            v3 = V.Max(lo, V.Min(hi, v3));
        }
        v0.Store(y);
        if (N.Value > 1) v1.Store(y + V.Lanes);
        if (N.Value > 2) v2.Store(y + 2 * V.Lanes);
        if (N.Value > 3) v3.Store(y + 3 * V.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<V, N>(float* from, ref V v0, ref V v1, ref V v2, ref V v3) where V : struct, IVec<V> where N : struct, ICount
    {
        v0 += V.Load(from);
        if (N.Value > 1) v1 += V.Load(from + V.Lanes);
        if (N.Value > 2) v2 += V.Load(from + 2 * V.Lanes);
        if (N.Value > 3) v3 += V.Load(from + 3 * V.Lanes);
    }
}
