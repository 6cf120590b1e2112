using System.Diagnostics;

namespace ModelBuild.Engine.Tests;

/// <summary>LiteRT itself, in Node: npm's @litertjs/core 2.5.3 with @litertjs/wasm-utils, in the folder that the environment variable LITERT names (npm install there).</summary>
internal static class LiteRt
{
    private const string Script = """
        import fs from 'fs'; import path from 'path'; import vm from 'vm'; import { createRequire } from 'module';
        // It is made for browsers, whose workers have these.
        globalThis.self = globalThis; globalThis.require = createRequire(path.join(process.cwd(), 'x.js')); globalThis.__dirname = path.join(process.cwd(), 'node_modules/@litertjs/core/wasm'); globalThis.__filename = 'x';
        globalThis.importScripts = url => { const file = url.startsWith('file://') ? new URL(url).pathname : url; vm.runInThisContext(fs.readFileSync(file, 'utf8'), { filename: file }); };
        const core = path.join(process.cwd(), 'node_modules/@litertjs/core');
        const litert = await import('file://' + path.join(core, JSON.parse(fs.readFileSync(path.join(core, 'package.json'))).main ?? 'dist/index.js'));
        await litert.loadLiteRt(path.join(core, 'wasm/litert_wasm_compat_internal.js'));
        const types = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array, int8: Int8Array };
        const say = (at, text) => fs.writeFileSync(path.join(at, 'why'), text);
        for (const folder of process.argv.slice(2)) {
          try {
            const model = await litert.loadAndCompile(new Uint8Array(fs.readFileSync(path.join(folder, 'model.tflite'))), { accelerator: 'wasm' });
            const inputs = model.getInputDetails().map((d, i) => { const raw = fs.readFileSync(path.join(folder, `in${i}`)); return new litert.Tensor(new types[d.dtype](raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength)), Array.from(d.shape)); });
            const outputs = await model.run(inputs);
            for (let i = 0; i < outputs.length; i++) { const d = await outputs[i].data(); fs.writeFileSync(path.join(folder, `out${i}`), Buffer.from(d.buffer.slice(d.byteOffset, d.byteOffset + d.byteLength))); }
            model.delete?.();
          } catch (e) { say(folder, String(e.message ?? e)); }
        }
        process.exit(0);
        """;

    /// <summary>Why LiteRT can't be asked; null where it can.</summary>
    public static string? Absent => Folder == null ? "the environment variable LITERT names no folder in which npm has installed @litertjs/core 2.5.3 and @litertjs/wasm-utils" : null;

    private static string? Folder => Environment.GetEnvironmentVariable("LITERT") is { } folder && Directory.Exists(Path.Combine(folder, "node_modules", "@litertjs", "core")) ? folder : null;

    /// <summary>What each file gives for its sample, in tensors of the types of <c>Like</c>; null, and why, where it is refused.</summary>
    public static IReadOnlyList<(Tensor[]? Outputs, string Why)> Run(IReadOnlyList<(byte[] File, Tensor[] Sample, Tensor[] Like)> cases)
    {
        using var scratch = new Scratch();
        string script = scratch.Write("run.mjs", Script);
        for (int c = 0; c < cases.Count; c++)
        {
            scratch.Write($"{c}/model.tflite", cases[c].File);
            for (int i = 0; i < cases[c].Sample.Length; i++)
                scratch.Write($"{c}/in{i}", cases[c].Sample[i].Bytes.ToArray());
        }
        var start = new ProcessStartInfo("node", [script, .. Enumerable.Range(0, cases.Count).Select(c => Path.Combine(scratch.Folder, $"{c}"))]) { WorkingDirectory = Folder!, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string text = node.StandardOutput.ReadToEnd() + errors.Result;
        node.WaitForExit();
        var results = new List<(Tensor[]?, string)>();
        for (int c = 0; c < cases.Count; c++)
        {
            string At(string name) => Path.Combine(scratch.Folder, $"{c}", name);
            bool all = Enumerable.Range(0, cases[c].Like.Length).All(o => File.Exists(At($"out{o}")) && new FileInfo(At($"out{o}")).Length == cases[c].Like[o].Type.Bytes);
            results.Add(all ? ([.. cases[c].Like.Select((t, o) => new Tensor(t.Type, File.ReadAllBytes(At($"out{o}"))))], "") : (null, File.Exists(At("why")) ? File.ReadAllText(At("why")) : text));
        }
        return results;
    }
}
