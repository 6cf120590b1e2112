using System.Diagnostics;

namespace ModelBuild.EndToEnd;

[TestClass]
public class ABuildIsCanceled
{
    [TestMethod]
    public void AndTheNextOneIsWhole()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no SIGINT to send");
        Scratch app = Scratch.App();
        app.Build().Good();
        string held = Directory.GetFiles(app.At("obj/modelbuild-cache"), "*.lock").Single();
        foreach (string entry in Directory.GetDirectories(app.At("obj/modelbuild-cache")))
            Directory.Delete(entry, recursive: true);
        File.Delete(app.Made(".stamp"));
        using (new FileStream(held, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            // The tool waits for us.
            Process build = Dotnet.Start(Dotnet.Host, app.Folder, ["build", "--no-restore", "-nodeReuse:false", "-tl:off"]);
            Task<Output> output = Task.Run(() => Dotnet.Wait(build));
            int tool = WaitForTool(app);
            var ending = Stopwatch.StartNew();

            Process.Start("kill", ["-INT", build.Id.ToString()]).WaitForExit();

            output.Result.Bad();
            Assert.IsLessThan(10, ending.Elapsed.TotalSeconds, "seconds until the build had ended");
            Assert.IsFalse(Directory.Exists($"/proc/{tool}"), "the tool is gone");
            Assert.IsEmpty(Directory.GetFiles(app.At("obj"), "*.stamp", SearchOption.AllDirectories));
        }

        app.Build().Good();
        Assert.AreEqual(1, app.Compiled());
    }

    private static int WaitForTool(Scratch app)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(2); Thread.Sleep(100))
            foreach (string process in Directory.GetDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
                try
                {
                    string line = File.ReadAllText(Path.Combine(process, "cmdline"));
                    if (line.Contains("modelbuild.dll") && line.Contains(app.Folder))
                        return int.Parse(Path.GetFileName(process));
                }
                catch (IOException)
                {
                    // It ended meanwhile.
                }
        throw new TimeoutException("the tool did not start");
    }
}
