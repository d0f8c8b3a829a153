using System;
using DoorController.Diagnostics;
using DoorController.Hal.Host;
using DoorController.Storage;
using DoorController.Tests.Support;

namespace DoorController.Tests.Scenes
{
    /// <summary>A door of a scene: the firmware on a virtual board whose power goes in the middle of anything, and the watch over its promises.</summary>
    internal sealed class SceneDoor : IDisposable
    {
        public const int StepMs = 20;
        private const int LongStepMs = 1000;
        private readonly Random _random;
        private TechnicianConsole _console;

        public SceneDoor(SceneWorld world, int index, Settings settings, int floors, VirtualFlash flash, int seed)
        {
            World = world;
            Id = (uint)index + 1;
            Settings = settings;
            Floors = floors;
            Flash = flash;
            _random = new Random(seed);
            Host = new HostBoard(flash, seed);
            Host.Floors.Count = floors;
            Served = world.Server.Register(Id, index);
            byte[] bundle = Served.Bundle.Encode(Site.Root);
            new SlotFile(flash, Host.Crypto, "bundle", new byte[Limits.ScratchBytes]).Save(bundle, 0, bundle.Length);
            Watch = new DoorWatch(this, world);
            Host.Strike.Energised += (_, _) => Watch.OnEnergised();
            Host.Network.Server = (path, body) => world.Server.Serve(this, path, body);
            Door = new Door(Host.Board, Settings);
            _console = new TechnicianConsole(Door, Host.Board);
            Phone = new VirtualPhone(Host.Radio) { Interval = () => Run(VirtualPhone.IntervalMs) };
            Run(200);
        }

        public SceneWorld World { get; }

        public uint Id { get; }

        public Settings Settings { get; }

        public int Floors { get; }

        public VirtualFlash Flash { get; }

        public HostBoard Host { get; }

        public Door Door { get; private set; }

        public DoorWatch Watch { get; }

        public ServedDoor Served { get; }

        public VirtualPhone Phone { get; }

        public long WorldMs => Host.Clock.WorldMs;

        /// <summary>Boots that are cut in a step on flash of their own, from the next one on.</summary>
        public int BootsToCut { get; set; }

        /// <summary>Lets the door live.</summary>
        public void Run(long milliseconds, int stepMs = StepMs)
        {
            long end = WorldMs + milliseconds;
            Watch.StepMs = stepMs;
            while (WorldMs < end)
            {
                Pass();
                Host.Clock.Advance(Math.Max(0, Math.Min(stepMs, end - WorldMs)));
            }
        }

        /// <summary>Much time passes: in short steps first and last, while things end and begin.</summary>
        public void RunLong(long milliseconds)
        {
            long end = WorldMs + milliseconds;
            Run(Math.Min(milliseconds, 1000), 50);
            int step = (int)Math.Clamp((end - WorldMs) / 300, 50, LongStepMs * 600);
            Run(Math.Max(0, end - WorldMs - 1000), step);
            Run(Math.Max(0, end - WorldMs), 100);
        }

        /// <summary>One pass of the loop, or as much of it as there is power for.</summary>
        public void Pass()
        {
            try
            {
                Door.Poll();
                _console.Poll(Host.Clock.NowMs);
            }
            catch (PowerLostException)
            {
                World.Counts.Reached(SceneFault.PowerCutInAWrite);
                CutPower(1000);
                return;
            }

            if (Flash.Silent.Count > 0)
            {
                World.Counts.Reached(SceneFault.FlashLies);
            }

            Watch.AfterPass();
            if (Host.Power.IsRebootOrdered)
            {
                World.Counts.Reached(SceneFault.RebootByTheFirmware);
                Watch.BeforeBoot();
                Host.Reboot(300);
                Boot();
            }
        }

        /// <summary>Power goes and comes back.</summary>
        public void CutPower(long offMs)
        {
            Watch.BeforeBoot();
            Host.PowerCut(offMs);
            World.Counts.Cuts++;
            Boot();
        }

        /// <summary>The processor starts anew, and power stays.</summary>
        public void Reset()
        {
            Watch.BeforeBoot();
            Host.Reboot(200);
            Boot();
        }

        /// <summary>Power goes in one of the next steps on flash.</summary>
        public void CutInFlash(int within)
        {
            Flash.Power.CutAt = _random.Next(1, within + 1);
            Flash.Power.Shape = (TornShape)_random.Next(6);
            Flash.Power.Length = _random.Next(_random.Next(2) == 0 ? 300 : 4096);
        }

        public void Dispose() => Host.Dispose();

        private void Boot()
        {
            while (true)
            {
                if (BootsToCut > 0)
                {
                    BootsToCut--;
                    CutInFlash(4);
                }

                try
                {
                    Door = new Door(Host.Board, Settings);
                    _console = new TechnicianConsole(Door, Host.Board);
                    break;
                }
                catch (PowerLostException)
                {
                    World.Counts.Reached(SceneFault.PowerCutInABoot);
                    Host.PowerCut(500);
                    World.Counts.Cuts++;
                }
            }

            Watch.AfterBoot();
        }
    }
}
