using System.Runtime.InteropServices;
using System.Text;
using ModelBuild.Tool;

Console.OutputEncoding = new UTF8Encoding(false);

using var cancellation = new CancellationTokenSource();
void Cancel(PosixSignalContext context)
{
    context.Cancel = true;
    cancellation.Cancel();
}
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

// What builds run comes first: it waits for no library of the command line's. Nor does what is timed from its first moment.
switch (args)
{
    case ["compress", "--request", string file]:
        return RequestCommand.Run(file, outline: false, cancellation.Token);
    case ["compress", "--request", string file, "--outline"]:
        return RequestCommand.Run(file, outline: true, cancellation.Token);
    case ["bench", FirstCall.Option, string folder, string threads, string model]:
        return FirstCall.Run(folder, int.Parse(threads), model);
    default:
        return CommandLine.Run(args, Terminal.OfProcess(), cancellation.Token);
}
