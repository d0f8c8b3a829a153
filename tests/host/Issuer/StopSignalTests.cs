using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using DoorController.Issuer;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.Issuer
{
    /// <summary>What a signal does to a command, whatever the command was doing.</summary>
    [TestClass]
    public sealed class StopSignalTests
    {
        private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

        [TestMethod]
        [DataRow(PosixSignal.SIGINT, StopSignal.Interrupted)]
        [DataRow(PosixSignal.SIGTERM, StopSignal.Terminated)]
        public async Task Work_that_ends_by_the_signal_always_comes_out_the_same(PosixSignal signal, int exitCode)
        {
            for (int i = 0; i < 200; i++)
            {
                using StopSignal stop = new();
                TaskCompletionSource begun = new();
                Task<int> running = stop.RunAsync(async cancel =>
                {
                    begun.SetResult();
                    await Task.Delay(Timeout.Infinite, cancel);
                    return 0;
                }, Minute);
                await begun.Task;
                stop.Ask(signal);
                await Assert.ThrowsAsync<OperationCanceledException>(() => running);
                Assert.AreEqual(exitCode, stop.ExitCode);
            }
        }

        [TestMethod]
        public async Task Work_that_ends_in_good_order_says_so_itself()
        {
            using StopSignal stop = new();
            Task<int> running = stop.RunAsync(async cancel =>
            {
                await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return 7;
            }, Minute);
            stop.Ask(PosixSignal.SIGTERM);
            Assert.AreEqual(7, await running);
        }

        [TestMethod]
        public async Task Work_that_does_not_listen_is_left_behind()
        {
            using StopSignal stop = new();
            TaskCompletionSource<int> never = new();
            Task<int> running = stop.RunAsync(_ => never.Task, TimeSpan.FromMilliseconds(1));
            stop.Ask(PosixSignal.SIGINT);
            await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        }

        [TestMethod]
        public async Task The_first_signal_counts_and_none_is_none()
        {
            using StopSignal stop = new();
            Assert.AreEqual(5, await stop.RunAsync(_ => Task.FromResult(5), Minute));
            Assert.AreEqual(0, stop.ExitCode);
            stop.Ask(PosixSignal.SIGINT);
            stop.Ask(PosixSignal.SIGTERM);
            Assert.AreEqual(StopSignal.Interrupted, stop.ExitCode);
        }

        [TestMethod]
        public async Task What_the_work_throws_comes_out()
        {
            using StopSignal stop = new();
            await Assert.ThrowsAsync<InvalidOperationException>(() => stop.RunAsync(_ => throw new InvalidOperationException(), Minute));
        }
    }
}
