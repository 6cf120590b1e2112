using ModelBuild.Generated.Threads;

namespace ModelBuild.Generated;

/// <summary>A dense kernel that can be moved on to another image and group.</summary>
internal interface IMovable
{
    long Work { get; }

    /// <summary>From the first group of the first image to another.</summary>
    void Move(nint image, nint group);

    void Run(in Frame frame);

    void RunAll();
}

/// <summary>The same dense kernel for each group of each image.</summary>
internal struct Groups<K>(K first, int images, int groups) : ILoop where K : unmanaged, IMovable
{
    // As many are shared out as they are; fewer are shared out each in itself.
    private const int Many = 8;

    private readonly K _first = first;

    public readonly void Run(in Frame frame)
    {
        if (images * groups >= Many)
        {
            frame.Run(this, images * groups, images * groups * _first.Work);
            return;
        }
        for (int i = 0; i < images * groups; i++)
            At(i).Run(frame);
    }

    public readonly void Run(int from, int to)
    {
        for (int i = from; i < to; i++)
            At(i).RunAll();
    }

    private readonly K At(int i)
    {
        K one = _first;
        one.Move(i / groups, i % groups);
        return one;
    }
}
