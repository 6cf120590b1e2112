namespace ModelBuild.Generated.Threads;

/// <summary>A kernel's outermost loop, whose iterations are independent of each other: any thread may run any of them, in any order.</summary>
internal interface ILoop
{
    /// <summary>The iterations from <paramref name="from"/> up to <paramref name="to"/>.</summary>
    void Run(int from, int to);
}
